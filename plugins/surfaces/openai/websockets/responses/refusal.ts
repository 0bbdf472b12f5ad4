/** Why nothing of a response came, as an HTTP answer says it. */
export interface Refusal {
  readonly status: number;
  readonly body: Buffer;
}

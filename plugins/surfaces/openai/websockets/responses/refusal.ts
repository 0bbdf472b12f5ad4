/** Why there is no response, as an HTTP answer. */
export interface Refusal {
  readonly status: number;
  readonly body: Buffer;
}

/** What came of one check. */
export interface Verdict {
  /** null: it could not be made */
  readonly ok: boolean | null;
  /** what was seen, or what went wrong */
  readonly detail: string;
  /** what can be done about it, where that is known */
  readonly remedy?: string;
  /** the request it was seen by: `GET /requests/{id}` tells more */
  readonly request?: string;
  /** ms until the first token */
  readonly ttft?: number;
  readonly tokensPerSecond?: number;
  /** The tokens were not counted by the provider. */
  readonly estimated?: boolean;
}

type More = Omit<Verdict, 'ok' | 'detail'>;

export const fine = (detail: string, more: More = {}): Verdict => ({ ok: true, detail, ...more });
export const faulty = (detail: string, more: More = {}): Verdict => ({ ok: false, detail, ...more });
export const notMade = (detail: string): Verdict => ({ ok: null, detail });

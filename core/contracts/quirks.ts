/** One provider's deviations from its dialect, as data. */
export interface Quirks {
  /** 'both'; 'only': must be asked for a stream even for a caller that wants none; 'never' */
  readonly streams: 'both' | 'only' | 'never';
  /** what becomes of its work when the caller leaves: cut it, or read on and throw away */
  readonly onLeave: 'abort' | 'drain';
  /** the most tokens that may be asked for in one answer */
  readonly maxTokens?: number | undefined;
  /** The only content of a message that it takes: a list of text parts is sent as one string. Absent: both. */
  readonly content?: 'string' | undefined;
  /** Where it puts its reasoning, to become `reasoning_content`. Absent: there already, or nowhere. */
  readonly reasoning?: readonly ReasoningForm[] | undefined;
  /**
   * What proves an answer complete: 'reason': a `finish_reason`, and `[DONE]` without one is a cut; 'done': `[DONE]`,
   * as it never gives a reason, and one is added. Absent: either.
   */
  readonly ends?: 'reason' | 'done' | undefined;
  /** How an answer begins that is an error in disguise; white space before it does not count. Absent: none. */
  readonly failureTexts?: readonly string[] | undefined;
  /** The tokens that it counts are made up, so that they prove no answer; they are dropped. Absent: they are believed. */
  readonly usage?: 'invented' | undefined;
  /** false: it is not asked to count the tokens of a stream, as it does not take `stream_options`. Absent: it is. */
  readonly streamOptions?: boolean | undefined;
  /** Statuses that another target may mend, beside those that are so for everybody. Absent: none. */
  readonly retryStatuses?: readonly number[] | undefined;
  /**
   * Its answers and refusals are put into the shape of the API: one id, seconds, a role first, `finish_reason` and
   * `refusal` where they must stand, no `message` beside a `delta`, no empty deltas, no usage that counts nothing.
   * `reasoning`, `ends`, `failureTexts` and `usage` include it. Absent: they pass as they came.
   */
  readonly tidy?: boolean | undefined;
}

/** Where reasoning may stand in an answer. */
export type ReasoningForm =
  /** `<think>…</think>` at the start of the content, cut anywhere */
  | 'think-tags'
  /** `<think>` at the start of each delta that is reasoning, never closed: the first without it is the answer */
  | 'think-each-delta'
  /** a member `thinking` of the delta: `{content, signature}` */
  | 'thinking-delta'
  /** `<details type="reasoning">…</details>` at the start of the content, with a summary and quoted lines */
  | 'details-tags';

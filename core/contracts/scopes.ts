/** What a refusal concerns, so that just that is left alone for just that time. */
export type Scope =
  /** one key of the provider: others of its keys can go on */
  | 'key'
  /** this model of the provider */
  | 'model'
  /** some models of the provider, which share a quota */
  | 'pool'
  /** all of the provider's models */
  | 'provider'
  /** the caller's own key: nobody else is concerned */
  | 'caller'
  /** one API of the provider, which it lacks */
  | 'surface'
  /** this request alone */
  | 'request';

/** How a provider says what it means: by status and, where it is given, by what the body says. */
export interface ScopeRule {
  readonly status: number | readonly number[];
  /** in the first 4 KiB of the body */
  readonly says?: RegExp;
  readonly scope: Scope;
  /** for 'pool': which of its own models share it */
  readonly models?: RegExp;
  /** ms it holds where the refusal itself does not say; without it, a 429 holds for a time that grows, and nothing else does */
  readonly pause?: number;
}

/** One of a provider's keys; what it is stands in the request only. */
export interface Key {
  /** from 1, in the order of the config */
  readonly nth: number;
}

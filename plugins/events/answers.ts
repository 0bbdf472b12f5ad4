/** The events of `GET /events`, as JSON Schemas by their names. */
import {
  flag,
  list,
  map,
  number,
  object,
  orNull,
  requestSummary,
  state,
  text,
  type AnswerOf,
} from '../../kits/feature-kit/answers.ts';

/** What a provider did in the second of a tick. */
const providerTick = object({
  state,
  out: list(text),
  inflight: number,
  requests: number,
  errors: number,
  ttft: orNull(number),
  memory: orNull(number),
  cpu: orNull(number),
});

const tick = object({
  at: text,
  requests: number,
  errors: number,
  prompt: number,
  completion: number,
  /** tokens among these that no provider has counted */
  estimated: number,
  inflight: number,
  waiting: number,
  providers: map(providerTick),
  /** requests begun at each target in that second */
  shares: map(number),
});

const hello = object({ boot: text, version: text, resumed: flag, at: text });
const provider = object({ name: text, state, reason: text, at: text });
const progress = object({ name: text, line: orNull(text), since: text });
const requests = object({ data: list(requestSummary), skipped: number });
/** targets whose block reasons have changed */
const targets = object({ data: list(object({ target: text, out: list(text) })) });
const config = object({ changes: number });
const closing = { type: 'object', additionalProperties: false } as const;

export const events = { hello, provider, progress, requests, targets, config, tick, closing } as const;

export type Tick = AnswerOf<typeof tick>;
export type ProviderTick = AnswerOf<typeof providerTick>;
export type LiveEvents = { readonly [Name in keyof typeof events]: AnswerOf<(typeof events)[Name]> };

/** `GET /statistics` and `GET /providers/{name}/history`, as JSON Schemas. */
import {
  flag,
  list,
  number,
  object,
  oneOf,
  orNull,
  state,
  text,
  type AnswerOf,
} from '../../kits/feature-kit/answers.ts';

const percentiles = { p50: orNull(number), p95: orNull(number), p99: orNull(number) } as const;
/** `estimated`: tokens among these that no provider has counted */
const tokens = { prompt: number, completion: number, estimated: number } as const;
const counts = { requests: number, errors: number, ...tokens } as const;
const times = { ...percentiles, ttft: object(percentiles) } as const;
/** 0 to 1 */
const share = number;

const step = object({ at: text, ...counts, ...times });

export const statistics = object({
  range: oneOf('15m', '1h', '6h', '24h', '7d', '30d'),
  from: text,
  until: text,
  /** ms */
  step: number,
  totals: object({ ...counts, left: number, retried: number, ...times }),
  series: list(step),
  providers: list(
    object({
      provider: text,
      requests: number,
      errors: number,
      share,
      ...percentiles,
      /** 0 to 1; null where nothing is known */
      uptime: orNull(number),
      ...tokens,
    }),
  ),
  models: list(object({ model: text, requests: number, errors: number, share })),
  errors: list(object({ kind: text, count: number })),
  /** whether history is on disk, and why not */
  history: object({ ok: flag, reason: orNull(text), lost: number }),
});

const change = object({ at: text, state, reason: text });

export const stateChanges = object({ data: list(change) });

export type Statistics = AnswerOf<typeof statistics>;
export type StatisticsStep = AnswerOf<typeof step>;
export type StateChange = AnswerOf<typeof change>;
export type StateChanges = AnswerOf<typeof stateChanges>;

/** Answers of `GET /providers` and of calls about one provider, as JSON Schemas. */
import {
  blocks,
  flag,
  list,
  map,
  number,
  object,
  oneOf,
  orNull,
  processState,
  program,
  state,
  text,
  type AnswerOf,
} from '../../../../kits/feature-kit/answers.ts';
import { providerStats, status } from './health.ts';

const standing = object({
  target: text,
  inflight: number,
  latency: number,
  ttft: number,
  /** 0 to 1 */
  errorRate: number,
  blocks,
});

const target = object(standing.properties, {
  /** of a provider that takes any name: the names with blocks of their own */
  names: list(standing),
});

/** A key that is not used, by its place in the config: for one model, or for all. */
const keyOut = object({ key: number, until: text, detail: text }, { model: text });

export const provider = object(
  {
    name: text,
    status,
    state,
    /** why the whole provider is blocked */
    out: list(text),
    /** sleeps until a request names it */
    dormant: flag,
    /** it is in service */
    inService: flag,
    kind: oneOf('program', 'remote'),
    port: orNull(number),
    models: list(text),
    modelMap: orNull(map(text)),
    anyModel: flag,
    surfaces: list(text),
    missingSurfaces: list(object({ surface: text, because: text })),
    concurrency: orNull(number),
    /** secrets it needs before it can run */
    lacks: list(text),
    aliases: list(text),
    lastResort: flag,
    targets: list(target),
    /** seconds, and seconds since 1970, as in the first version */
    response_time: number,
    error_count: number,
    last_health_check: orNull(number),
    uptime: number,
  },
  {
    keys: object({ size: number, out: list(keyOut) }),
    process: program,
  },
);

export const providers = object({
  providers: list(provider),
  stats: providerStats,
});

export const logLine = object({ n: number, at: text, line: text });

/** Secrets of a program: the answer to `PUT` and `DELETE` of secrets. */
export const storedSecrets = object({
  provider: text,
  success: flag,
  secrets: list(
    object({
      name: text,
      required: flag,
      description: text,
      given: flag,
      from: orNull(oneOf('config', 'kept')),
    }),
  ),
  lacks: list(text),
  /** notes, such as that a new value is not in effect yet */
  remarks: list(text),
});

/** The answer to start, stop, restart and populate. */
export const action = object(
  { provider: text, action: text, success: flag, timestamp: number, state: processState },
  { reason: text },
);

export type Provider = AnswerOf<typeof provider>;
export type Providers = AnswerOf<typeof providers>;
export type TargetStanding = AnswerOf<typeof target>;
export type PausedKey = AnswerOf<typeof keyOut>;
export type Program = NonNullable<Provider['process']>;
export type Secret = Program['secrets'][number];
export type LogLine = AnswerOf<typeof logLine>;
export type StoredSecrets = AnswerOf<typeof storedSecrets>;
export type Action = AnswerOf<typeof action>;

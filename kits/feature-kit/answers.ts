/**
 * Answers of the management API as JSON Schemas: those of several plugins, and functions to write more. The gateway's
 * handlers and the dashboard have their types of them; nothing loads them when the gateway runs.
 */
import type { Ending, OptionsOf, ProcessState } from '../../core/contracts/index.ts';

/** The type of an answer as a client reads it. */
export type AnswerOf<Answer> = OptionsOf<Answer>;

/** The type that a handler returns for it: JSON drops undefined members. */
export type Unsent<Value> = Value extends readonly (infer Item)[]
  ? readonly Unsent<Item>[]
  : Value extends object
    ? {
        readonly [Name in keyof Value]:
          | Unsent<Value[Name]>
          | (Pick<Value, Name> extends Required<Pick<Value, Name>> ? never : undefined);
      }
    : Value;

export const text = { type: 'string' } as const;
export const number = { type: 'number' } as const;
export const flag = { type: 'boolean' } as const;
export const list = <const Item>(items: Item) => ({ type: 'array', items }) as const;
export const map = <const Member>(additionalProperties: Member) =>
  ({ type: 'object', additionalProperties }) as const;
export const orNull = <const Value>(value: Value) => ({ anyOf: [value, { type: 'null' }] }) as const;
export const oneOf = <const Words extends readonly string[]>(...words: Words) => ({ enum: words }) as const;

/** An object with all of these members, and maybe some of those. */
export const object = <const All extends object, const Some extends object = object>(all: All, some?: Some) =>
  ({
    type: 'object',
    required: Object.keys(all) as (keyof All & string)[],
    properties: { ...all, ...some } as All & Some,
    additionalProperties: false,
  }) as const;

const PROCESS = [
  'absent',
  'installing',
  'stopped',
  'starting',
  'healthy',
  'unhealthy',
  'stopping',
  'backoff',
  'failed',
] as const satisfies readonly ProcessState[];

const ENDINGS = [
  'complete',
  'error',
  'cut',
  'stalled',
  'left',
  'refused',
] as const satisfies readonly Ending[];

export const processState = oneOf(...PROCESS);
/** The state of a process; without one, it is judged by the answers, and `unknown` until the first. */
export const state = oneOf(...PROCESS, 'available', 'blocked', 'unknown');
export const ending = oneOf(...ENDINGS);
/** `estimated`: the provider did not count them. */
export const tokens = object(
  { prompt: number, completion: number, total: number },
  { estimated: flag, cached: number, cacheWritten: number, cost: orNull(number) },
);

/** Why a target is out, by reason: until when, null where that is not known. */
export const blocks = map(object({ until: orNull(text), detail: text }));

/** A secret of a program, which the operator gives. */
const secret = object({ name: text, required: flag, description: text, given: flag });

/** A local program, as people see it. */
export const program = object({
  state: processState,
  reason: text,
  /** ms since 1970 */
  since: number,
  start: oneOf('boot', 'on-demand', 'manual'),
  pid: orNull(number),
  port: orNull(number),
  restarts: number,
  lastExit: orNull(object({ at: number, code: orNull(number), signal: orNull(text) })),
  progress: orNull(object({ line: text, since: number })),
  output: list(text),
  source: orNull(text),
  toolchain: orNull(text),
  secrets: list(secret),
  notes: object({ writes: list(text), risks: list(text) }, { licence: text }),
  /** bytes of the whole process tree, and cores */
  usage: orNull(object({ memory: number, cpu: number, processes: number })),
  limits: object({ memory: orNull(number), cpu: orNull(number) }),
});

/** One request in a list; times in ms, to the tenth. */
export const requestSummary = object({
  id: text,
  time: text,
  surface: text,
  model: text,
  stream: flag,
  /** the name of its key; null: the gateway requires none */
  key: orNull(text),
  /** the one that answered, or the last one tried */
  provider: orNull(text),
  target: orNull(text),
  status: orNull(number),
  /** null while it runs, like other members that are known at its end */
  ending: orNull(ending),
  error: orNull(text),
  attempts: number,
  ms: orNull(number),
  /** until the first content of a stream went to the client */
  ttft: orNull(number),
  waited: number,
  overhead: orNull(number),
  bytes: number,
  usage: orNull(tokens),
  /** the gateway that received it, of those that share a store; null: this one shares none */
  node: orNull(text),
});

export type State = AnswerOf<typeof state>;
export type RequestSummary = AnswerOf<typeof requestSummary>;

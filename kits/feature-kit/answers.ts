/**
 * What the management API answers, as JSON Schemas: what several plugins tell, and the words to write more of them with.
 * The gateway's handlers and the dashboard have their types of them; nothing loads them when the gateway runs.
 */
import type { Ending, OptionsOf, ProcessState } from '../../core/contracts/index.ts';

/** What a client reads. */
export type AnswerOf<Answer> = OptionsOf<Answer>;

/** What a handler returns for it: JSON leaves out what is undefined. */
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
/** A process's, or for a provider without one what its answers say; `unknown` until it has given one. */
export const state = oneOf(...PROCESS, 'available', 'blocked', 'unknown');
export const ending = oneOf(...ENDINGS);
/** `estimated`: the provider did not count them. */
export const tokens = object(
  { prompt: number, completion: number, total: number },
  { estimated: flag, cached: number, cacheWritten: number, cost: orNull(number) },
);

/** Why a target is out, by reason: until when, null where that is not known. */
export const blocks = map(object({ until: orNull(text), detail: text }));

/** What an operator gives a program. */
const secret = object({ name: text, required: flag, description: text, given: flag });

/** What people are shown of a local program. */
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
  /** the name of the key that it came with; null: the gateway asks for none */
  key: orNull(text),
  /** the one that answered, or was asked last */
  provider: orNull(text),
  target: orNull(text),
  status: orNull(number),
  /** null while it runs, as is what is known at its end */
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
  /** the gateway that it came to, of those that share a store; null: this one shares none */
  node: orNull(text),
});

export type State = AnswerOf<typeof state>;
export type RequestSummary = AnswerOf<typeof requestSummary>;

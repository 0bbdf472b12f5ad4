/** Answers about strategies, routes and changes of the config, as JSON Schemas. */
import {
  blocks,
  flag,
  list,
  map,
  number,
  object,
  oneOf,
  orNull,
  text,
  type AnswerOf,
} from '../../../../kits/feature-kit/answers.ts';

/** Any value that the config takes there. */
const anything = {} as const;
const from = oneOf('file', 'override', 'default');
const inForce = object({ strategy: text, options: map(anything), from });

/** A strategy that failed to pick, and the one that picked instead. */
const failure = object({ model: text, use: text, standby: text, message: text, at: number, count: number });

export const loadBalancing = object({
  ...inForce.properties,
  available: list(text),
  /** models that have a strategy of their own in the config file */
  models: map(text),
  /** models that have a strategy of their own, as in force */
  modelStrategies: map(inForce),
  overrides: anything,
  failures: list(failure),
  timestamp: number,
});

export const strategies = object({
  object: oneOf('list'),
  data: list(object({ name: text, description: text, options: map(anything), standard: flag })),
});

/** A target of a route, and why it is out. */
const targetOfRoute = {
  target: text,
  provider: text,
  model: text,
  weight: number,
  priority: number,
  inflight: number,
  out: blocks,
} as const;

const target = object(
  {
    ...targetOfRoute,
    attempts: number,
    /** 0 to 1; null while there were no requests */
    share: orNull(number),
  },
  {
    /** the config file's values, where others are in force */
    file: object({ weight: number, priority: number }),
  },
);

export const route = object(
  {
    model: text,
    configured: flag,
    strategy: object({ use: text, options: map(anything), from }),
    targets: list(target),
    fallbacks: list(text),
    contextFallbacks: list(text),
  },
  {
    /** why no target can answer for the model */
    problem: text,
  },
);

export const routes = object({
  object: oneOf('list'),
  data: list(route),
  /** the time that `attempts` and `share` cover */
  minutes: number,
  timestamp: number,
});

const candidate = object(
  {
    ...targetOfRoute,
    latency: number,
    ttft: number,
    errorRate: number,
    full: flag,
  },
  { translated: text },
);

/** What the gateway would do with a request that came now. */
export const dryRun = object(
  {
    model: text,
    surface: text,
    route: text,
    strategy: text,
    candidates: list(candidate),
    pick: orNull(text),
    remarks: list(text),
  },
  { provider: text, waits: text, error: object({ code: text, status: number, message: text }) },
);

/** Of gateways that share their settings; null: this one has its own. */
const sharing = object({
  /** settings lie over the file of each gateway, from PostgreSQL, whether this one's file says the same or not */
  overrides: flag,
});

export const configDiff = object({
  /** null where the gateway runs without one */
  file: orNull(text),
  /** why the current file is not in force; null: it is */
  problem: orNull(object({ message: text, since: text })),
  /** `file` is null where the config file has no such value */
  changes: list(object({ path: text, file: anything, now: anything }, { default: anything })),
  shared: orNull(sharing),
});

const changed = { changes: number, success: flag, timestamp: number } as const;

/** Answers to `POST /config/save` and `DELETE /config/overrides`. */
export const configSaved = object({
  /** null: there was nothing to save, and there is no file */
  file: orNull(text),
  ...changed,
  shared: orNull(sharing),
});
export const overridesUndone = object(changed);

export type LoadBalancing = AnswerOf<typeof loadBalancing>;
export type InForce = AnswerOf<typeof inForce>;
export type Strategies = AnswerOf<typeof strategies>;
export type RouteTarget = AnswerOf<typeof target>;
export type Route = AnswerOf<typeof route>;
export type Routes = AnswerOf<typeof routes>;
export type DryRun = AnswerOf<typeof dryRun>;
export type Candidate = AnswerOf<typeof candidate>;
export type ConfigDiff = AnswerOf<typeof configDiff>;
export type ConfigSaved = AnswerOf<typeof configSaved>;
export type OverridesUndone = AnswerOf<typeof overridesUndone>;

/** Answers of `/keys`, `/limits` and `/usage`, as JSON Schemas; nothing loads them when the gateway runs. */
import {
  flag,
  list,
  map,
  number,
  object,
  oneOf,
  orNull,
  text,
  type AnswerOf,
} from '../../kits/feature-kit/answers.ts';
import { DIMENSIONS } from './limits/limits.ts';
import { SPANS } from './limits/span.ts';
import { GROUPS } from './usage/usage-row.ts';

const perSpan = object({}, { minute: number, hour: number, day: number, month: number, total: number });
const role = oneOf('admin', 'viewer', 'caller');

/** All of a key but its text. Times are ISO 8601. */
export const key = object({
  id: text,
  name: text,
  role,
  owner: orNull(text),
  labels: list(text),
  /** names that it may ask for, `*` for any text */
  models: list(text),
  providers: list(text),
  limits: object(
    {},
    {
      requests: perSpan,
      tokens: perSpan,
      dollars: perSpan,
      concurrency: number,
      unknownPrice: oneOf('pass', 'refuse'),
    },
  ),
  /** the first characters of its text */
  begins: orNull(text),
  created: text,
  expires: orNull(text),
  revoked: orNull(text),
  /** until when the text is valid that it had before */
  oldUntil: orNull(text),
  lastUsed: orNull(text),
  /** requests under way */
  running: number,
});

export const keys = object({ data: list(key) });

/** A key whose text is shown, this once. */
export const madeKey = object({ ...key.properties, key: text });

/** @param `ended` how many requests were under way, and ended */
export const revokedKey = object({ ...key.properties, ended: number });

/** How much of a limit is used. */
const standing = object({
  limit: oneOf('requests', 'tokens', 'dollars', 'concurrency'),
  /** null: at once */
  per: orNull(oneOf(...SPANS)),
  most: number,
  used: number,
  left: number,
  /** when it begins again; null: it does not */
  ends: orNull(text),
  /** null: the key's own */
  name: orNull(text),
  /** what it counts apart */
  of: map(text),
});

export const limit = object({
  name: text,
  from: oneOf('config', 'api'),
  per: list(oneOf(...DIMENSIONS)),
  where: map({ anyOf: [text, list(text)] } as const),
  requests: perSpan,
  tokens: perSpan,
  dollars: perSpan,
  concurrency: orNull(number),
  unknownPrice: oneOf('pass', 'refuse'),
  used: list(standing),
});

export const limits = object({ data: list(limit) });

export const removed = object({ removed: text });

const amounts = {
  requests: number,
  failed: number,
  /** requests of whose tokens nothing is known */
  unknown: number,
  /** tokens as upstreams have counted them; the cached ones are part of the prompt */
  reported: object({ prompt: number, completion: number, cached: number, cacheWritten: number }),
  estimated: object({ prompt: number, completion: number }),
  /** dollars; null: no price is known */
  cost: object({ reported: orNull(number), estimated: orNull(number), unpriced: number }),
  /** requests that were answered from the cache, and what their answers used when they were given */
  saved: object({ requests: number, prompt: number, completion: number, cost: number }),
} as const;

const group = orNull(text);

/** What keys have used. A line has the members that were asked for by `by`. */
export const usage = object(
  {
    since: text,
    until: text,
    by: list(oneOf(...GROUPS)),
    data: list(
      object(amounts, {
        key: group,
        owner: group,
        label: group,
        model: group,
        provider: group,
        hour: group,
        day: group,
        month: group,
      }),
    ),
  },
  {
    /** absent with `label`: a key with several counts for each */
    totals: object(amounts),
    /** those of the key that asks */
    limits: list(standing),
  },
);

export type Key = AnswerOf<typeof key>;
export type Keys = AnswerOf<typeof keys>;
export type MadeKey = AnswerOf<typeof madeKey>;
export type RevokedKey = AnswerOf<typeof revokedKey>;
export type Standing = AnswerOf<typeof standing>;
export type Limit = AnswerOf<typeof limit>;
export type Limits = AnswerOf<typeof limits>;
export type Usage = AnswerOf<typeof usage>;
export type UsageLine = Usage['data'][number];

/** How to sign in to the dashboard, and the session of the browser that asks. */
export const session = object({
  signIn: object({ password: flag, oidc: orNull(text) }),
  session: orNull(object({ name: text, role: oneOf('admin', 'viewer'), until: text })),
});
export type SessionAnswer = AnswerOf<typeof session>;

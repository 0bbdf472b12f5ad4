/** `GET /requests` and `GET /requests/{id}`, as JSON Schemas. */
import {
  list,
  map,
  number,
  object,
  oneOf,
  orNull,
  requestSummary,
  text,
  tokens,
  type AnswerOf,
} from '../../kits/feature-kit/answers.ts';

export const requestPage = object({
  object: oneOf('list'),
  data: list(requestSummary),
  /** the `before` of the next page */
  next: orNull(text),
  /** why these are the requests of this gateway alone, where those of others belong to the list; null: nothing is missing */
  problem: orNull(text),
});

/** One attempt at one target; times in ms since the request came. */
const attempt = object(
  {
    target: text,
    provider: text,
    model: text,
    outcome: oneOf('answered', 'failed', 'left'),
    started: number,
    bytes: number,
  },
  {
    reason: text,
    message: text,
    status: number,
    connected: number,
    head: number,
    firstContent: number,
    ended: number,
    /** the longest silence inside its answer */
    gap: number,
    hedged: oneOf('won', 'lost'),
    upstreamId: text,
    key: number,
    scope: text,
    retryAfter: number,
    /** tokens that it has used */
    usage: tokens,
    /** Its provider is another gateway: the request's id there, and where that is. */
    peer: object({ id: text, url: orNull(text) }),
  },
);

const note = object({ at: number }, { out: map(list(text)), waited: text, remark: text, ms: number });

const { id, time, surface, model, stream, key, ending, usage, waited, bytes, node } =
  requestSummary.properties;
const listed = { id, time, surface, model, stream, key, ending, usage, waited, bytes, node } as const;

/** Why one request went where it went. */
export const requestTrace = object(
  {
    ...listed,
    route: text,
    strategy: text,
    candidates: list(object({ target: text }, { out: list(text) })),
    notes: list(note),
    attempts: list(attempt),
  },
  {
    /** the peer that sent it here, where it has the same id, as this gateway's config names it */
    from: text,
    translated: text,
    /** when the first byte went to the client */
    commit: number,
    status: number,
    error: text,
    reason: text,
    ms: number,
    /** tokens of a kept answer, which was sent instead of asking a target */
    saved: tokens,
    overhead: number,
    bodies: object({ request: text, requestBytes: number, answer: text, answerBytes: number }),
  },
);

export type RequestPage = AnswerOf<typeof requestPage>;
export type AttemptTrace = AnswerOf<typeof attempt>;
export type RequestTrace = AnswerOf<typeof requestTrace>;
export type Bodies = NonNullable<RequestTrace['bodies']>;

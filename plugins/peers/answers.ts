/** Answers of the routes of nodes, as JSON Schemas. */
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

const provider = object({ name: text, state, out: list(text), inflight: number });

const node = object({
  name: text,
  /** it is this node */
  self: flag,
  /** `asks-only`: it has no url here, and whether it is up is known by its feed alone */
  state: oneOf('up', 'down', 'asks-only'),
  url: orNull(text),
  /** null is what is not known */
  version: orNull(text),
  started: orNull(text),
  /** some provider there can answer */
  ready: orNull(flag),
  inflight: orNull(number),
  /** requests of the last minute */
  perMinute: orNull(number),
  providers: list(provider),
  /** sections of its config that differ from this node's */
  differs: list(text),
  /**
   * shared settings: the revision in force there, whether another node has a later one, and why this one may not be in force
   */
  settings: orNull(object({ revision: number, isBehind: flag, problem: orNull(text) })),
  /** ms that its clock is ahead of this node's */
  clockOffset: orNull(number),
  lastSeen: orNull(text),
  error: orNull(text),
});

/** `GET /nodes` */
export const nodesAnswer = object({ data: list(node) });

/** An event `step` of `POST /nodes/restart`; the last one is `failed`, or `done` of the last node. */
export const restartStep = object({
  node: text,
  state: oneOf('restarting', 'done', 'failed'),
  error: orNull(text),
  /** of the process that has taken over, once it is known */
  pid: orNull(number),
});

export type RestartStep = AnswerOf<typeof restartStep>;
export type NodesAnswer = AnswerOf<typeof nodesAnswer>;
export type Node = AnswerOf<typeof node>;

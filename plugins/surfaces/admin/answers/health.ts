/** The answer of `GET /health`, as a JSON Schema. */
import {
  flag,
  list,
  map,
  number,
  object,
  oneOf,
  orNull,
  state,
  text,
  type AnswerOf,
} from '../../../../kits/feature-kit/answers.ts';

/** A coarse state for scripts. */
export const status = oneOf('starting', 'healthy', 'unhealthy', 'stopped', 'error', 'unknown');

/** How many of the providers in service there are in each state. */
export const providerStats = object({
  total_services: number,
  healthy_services: number,
  unhealthy_services: number,
  status_breakdown: object({
    starting: number,
    healthy: number,
    unhealthy: number,
    stopped: number,
    error: number,
    unknown: number,
  }),
  allocated_ports: list(number),
  last_updated: number,
});

export const health = object({
  status: oneOf('healthy', 'unhealthy'),
  service: oneOf('switchyard'),
  timestamp: number,
  version: text,
  healthy_providers: number,
  total_providers: number,
  provider_stats: providerStats,
  providers: list(
    object(
      { name: text, status, state, out: list(text), dormant: flag, inService: flag },
      /** why it cannot answer, and the remedy */
      { message: text },
    ),
  ),
  /** why the current config file is not in force */
  config_problem: orNull(object({ message: text, since: text })),
  limits_problem: orNull(text),
  /** PostgreSQL, where keys are in it */
  store: orNull(
    object({
      use: text,
      /** why it is unreachable */
      problem: orNull(text),
      isLeader: flag,
      /** the change of the shared settings that is in force here, and why a later one is not */
      settings: orNull(object({ revision: number, problem: orNull(text) })),
      /** what each part keeps in files until it is reachable */
      waiting: map(object({ bytes: number, lost: number })),
    }),
  ),
  /** how many threads answer requests, where there are several, and the last of those that have ended by themselves */
  threads: orNull(
    object({
      wanted: number,
      running: number,
      lost: number,
      last_lost: orNull(object({ thread: number, why: text, at: text })),
    }),
  ),
  strategy_failures: list(
    object({ model: text, use: text, standby: text, message: text, atEpochMs: number, count: number }),
  ),
});

export type Health = AnswerOf<typeof health>;

/** The threads of one gateway, where it has several: what their features say to each other. */
import type { Gateway } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';

/**
 * The other threads, as one of them sees them. The main thread hears of all threads; any other hears of the main thread
 * alone.
 */
export interface Threads {
  /** The main thread has the stores, the programs and the management API. */
  readonly isMain: boolean;
  /** Messages with a value that `structuredClone` takes arrive in the order in which they were sent. */
  tell(topic: string, value: unknown): void;
  /** Settles with the answers of all that were asked; rejects with the reason of one that failed or ended. */
  ask(topic: string, value: unknown): Promise<readonly unknown[]>;
  /** @param from number of the thread that says it */
  on(topic: string, hear: (value: never, from: number) => unknown): void;
  /** A thread has ended without having been told to. */
  onLost(hear: (thread: number) => void): void;
  /** of the main thread */
  readonly standing?: ThreadsStanding;
}

/** How many threads answer requests, the main thread among them, and those that have ended by themselves. */
export interface ThreadsStanding {
  readonly wanted: number;
  readonly running: number;
  /** since the start */
  readonly lost: number;
  /** undefined: none was */
  readonly lastLost:
    | { readonly thread: number; readonly why: string; readonly atEpochMs: number }
    | undefined;
}

const all = new WeakMap<Gateway, Threads>();

/** undefined: the gateway has one thread */
export const threadsOf = (gateway: Gateway): Threads | undefined => all.get(gateway);

export const joinThreads = (gateway: Gateway, threads: Threads): void => void all.set(gateway, threads);

/** For what counts or keeps something in one thread. @throws GatewayError `config_invalid` where there are several */
export function takesOneThread(gateway: Gateway, what: string): void {
  if (!all.has(gateway)) return;
  throw new GatewayError(
    'config_invalid',
    `server.threads: ${what} does not work with several threads yet; set server.threads to 1, or do without it`,
  );
}

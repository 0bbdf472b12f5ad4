import type { Serializable } from 'node:child_process';

/**
 * Messages between a gateway process and its successor, over Node's channel between parent and child. The streams of
 * programs travel with `stream`, one each.
 */
export type ToSuccessor =
  | { readonly program: string; readonly facts: Serializable }
  | { readonly stream: string }
  | 'take-over';

export type ToPredecessor =
  | 'ready'
  | { readonly failed: string }
  /** it listens, and has these programs */
  | { readonly taken: readonly string[] };

/** Descriptors that a successor has beside the usual three. */
export const LAUNCHER_FD = 3;
export const LISTENING_FD = 5;

/** Environment: where the predecessor listens, as `HOST:PORT` of its config. It is set for a successor alone. */
export const SUCCEEDS = 'SWITCHYARD_SUCCEEDS';
/** The same for the number of the sockets that its other threads listen on, whose descriptors follow. */
export const OTHER_SOCKETS = 'SWITCHYARD_OTHER_SOCKETS';

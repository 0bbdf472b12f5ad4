import type { Upstream } from '../../core/contracts/index.ts';

const LOOPBACK = /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;

/** It runs on this machine: a program of the gateway's, or a server at a loopback address. */
export const isLocal = ({ provider: { process, origin } }: Upstream): boolean =>
  process !== undefined || (origin !== undefined && LOOPBACK.test(origin));

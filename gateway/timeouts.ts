import type { Timeouts } from '../core/contracts/index.ts';

const defaultTimeouts: Readonly<Timeouts> = {
  connect: 5_000,
  firstByte: 60_000,
  firstContent: 120_000,
  idle: 60_000,
  total: 30 * 60_000,
  queue: 30_000,
  start: 60_000,
  keepalive: 10_000,
};

/**
 * The first byte of an answer that is no stream comes when the whole answer is there. So unless `firstByte` is set, it has
 * as long as SDKs wait.
 */
const WHOLE_ANSWER = 10 * 60_000;

/** Precedence: route, provider, gateway, default. */
export function timeoutsFor(stream: boolean, ...nearestFirst: readonly Partial<Timeouts>[]): Timeouts {
  const base = stream ? defaultTimeouts : { ...defaultTimeouts, firstByte: WHOLE_ANSWER };
  return Object.assign({}, base, ...nearestFirst.toReversed()) as Timeouts;
}

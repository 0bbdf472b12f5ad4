import type { Gateway } from '../../core/contracts/index.ts';
import type { Facts } from './facts.ts';
import type { Parts } from './parts.ts';
import type { Redis } from './redis.ts';

/** What a gateway shares with others. */
export interface Shared {
  /** the operator's name for this gateway */
  readonly node: string;
  /** undefined: it shares nothing */
  readonly redis: Redis | undefined;
  readonly facts: Facts | undefined;
  readonly parts: Parts | undefined;
}

const ALONE: Shared = { node: '', redis: undefined, facts: undefined, parts: undefined };

const known = new WeakMap<Gateway, Shared>();

/** What the features of one gateway share with other gateways; those that ask come after the feature `shared`. */
export const sharedOf = (gateway: Gateway): Shared => known.get(gateway) ?? ALONE;

export const provideShared = (gateway: Gateway, shared: Shared): void => void known.set(gateway, shared);

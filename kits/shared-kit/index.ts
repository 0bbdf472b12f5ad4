// What a gateway needs that shares nothing, too. The rest works with a Redis: it is imported by its own file, where there is one.
export { claims, isNews, type Finding } from './claims.ts';
export type { Fact, Facts } from './facts.ts';
export type { Part } from './part.ts';
export type { Parts } from './parts.ts';
export type { Fleet, Redis } from './redis.ts';
export { targetResets } from './resets.ts';
export { provideShared, sharedOf } from './shared.ts';
export { addressOf, isOfAll, targetAt } from './target-address.ts';

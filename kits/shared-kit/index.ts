export { Facts, type Fact, type HearsFact } from './facts.ts';
export { Part } from './part.ts';
export { Parts } from './parts.ts';
export { Redis } from './redis.ts';
export { targetResets } from './resets.ts';
export { scriptOf, type Script } from './script.ts';
export { provideShared, sharedOf, type Shared } from './shared.ts';
export { addressOf, targetAt } from './target-address.ts';

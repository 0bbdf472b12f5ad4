export { Redis } from './redis.ts';
export { scriptOf, type Script } from './script.ts';
export { provideShared, sharedOf, type Shared } from './shared.ts';

/** What is loaded where gateways share something. */
export { Facts } from '../../kits/shared-kit/facts.ts';
export { Parts } from '../../kits/shared-kit/parts.ts';
export { Redis } from '../../kits/shared-kit/redis.ts';
export { UnsentParts } from '../../kits/shared-kit/unsent-parts.ts';
export { KnownFleet } from './known-fleet.ts';
export { SharedPauses } from './pauses.ts';
export { SharedSlots } from './slots.ts';

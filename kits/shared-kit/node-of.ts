import type { Gateway } from '../../core/contracts/index.ts';
import { storeOf } from '../store-kit/store-of.ts';
import { sharedOf } from './shared.ts';

/** This gateway's name among those that share a store; undefined: it shares none. */
export const nodeOf = (gateway: Gateway): string | undefined => storeOf(gateway) && sharedOf(gateway).node;

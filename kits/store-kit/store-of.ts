import type { Gateway } from '../../core/contracts/index.ts';
import type { SharedStore } from './shared-store.ts';

const stores = new WeakMap<Gateway, SharedStore>();

/** Where gateways keep together what must last; undefined: this one keeps it in files of its own. */
export const storeOf = (gateway: Gateway): SharedStore | undefined => stores.get(gateway);

export function provideStore(gateway: Gateway, store: SharedStore): void {
  stores.set(gateway, store);
}

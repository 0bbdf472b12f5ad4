import type { Host } from '../../core/contracts/index.ts';

/** What decides about a request without reading its key. */
export interface Trust {
  /** Every caller of a model must send a key. */
  readonly asksForKey: boolean;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

/** As it is now: keys may be made while the gateway runs. */
export function trustIn({ config: { server }, gateway }: Host): Trust {
  const { apiKeys, hosts, origins } = server;
  return {
    get asksForKey() {
      return apiKeys.length > 0 || gateway.access.current?.asksForKey === true;
    },
    hosts,
    origins,
  };
}

import { fileURLToPath } from 'node:url';
import { PluginRegistry } from '../../config/plugins/registry.ts';
import { checkOptions } from '../../config/check.ts';
import type { Host, Plugin, Strategy } from '../../core/contracts/index.ts';
import { servers } from './scenarios.ts';

export type Injected = Pick<Host, 'random' | 'now'>;
export type Make = (injected: Injected) => Strategy;

const root = fileURLToPath(new URL('../..', import.meta.url));
const registry = await PluginRegistry.read(root);
const prices = Object.fromEntries(
  servers.map(({ name, price }) => [`${name}/m`, { input: price, output: price }]),
);

/** Options of strategies that would otherwise send everything to a few. */
const OPTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  'least-cost': { prices, busy: 5 },
  'model-specific': { busy: 8 },
  priority: { busy: 8 },
};

/** Strategies that must be given each target's capacity; the others find out. */
export const weighted: ReadonlySet<string> = new Set(['weighted-round-robin']);

/** Every strategy that ships, by name. */
export const makers: ReadonlyMap<string, Make> = new Map(
  registry
    .list('strategy')
    .map(({ name }) => [name, (injected: Injected) => make(name, injected, OPTIONS[name] ?? {})]),
);

function make(name: string, injected: Injected, value: Record<string, unknown>): Strategy {
  const plugin = registry.get('strategy', name)!;
  const options = checkOptions(plugin as Plugin, { value, env: {}, folder: root });
  const strategy: Host['strategy'] = (use, own) => make(use, injected, own);
  return plugin.create(options, { ...injected, strategy } as unknown as Host);
}

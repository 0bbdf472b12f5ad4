import { fileURLToPath } from 'node:url';
import { Catalogue } from '../../core/catalogue.ts';
import { checkOptions } from '../../core/config/check.ts';
import type { Host, Plugin, Strategy } from '../../core/contracts.ts';
import { servers } from './scenarios.ts';

export type Lent = Pick<Host, 'random' | 'now'>;
export type Make = (lent: Lent) => Strategy;

const root = fileURLToPath(new URL('../..', import.meta.url));
const catalogue = await Catalogue.read(root);
const prices = Object.fromEntries(
  servers.map(({ name, price }) => [`${name}/m`, { input: price, output: price }]),
);

/** Options of those that would send all to a few without. */
const OPTIONS: Readonly<Record<string, Record<string, unknown>>> = {
  'least-cost': { prices, busy: 5 },
  'model-specific': { busy: 8 },
  priority: { busy: 8 },
};

/** Those that the operator must tell how strong each target is; the others find out. */
export const weighted: ReadonlySet<string> = new Set(['weighted-round-robin']);

/** Every strategy that ships, by name. */
export const makers: ReadonlyMap<string, Make> = new Map(
  catalogue.list('strategy').map(({ name }) => [name, (lent: Lent) => make(name, lent, OPTIONS[name] ?? {})]),
);

function make(name: string, lent: Lent, value: Record<string, unknown>): Strategy {
  const plugin = catalogue.get('strategy', name)!;
  const options = checkOptions(plugin as Plugin, { value, env: {}, folder: root });
  const strategy: Host['strategy'] = (use, own) => make(use, lent, own);
  return plugin.create(options, { ...lent, strategy } as unknown as Host);
}

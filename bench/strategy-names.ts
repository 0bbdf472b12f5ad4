import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import type { Options } from './options.ts';
import { here } from './peer.ts';

/** The strategies that ship, by name, or the requested ones; a quick run has two. */
export function strategyNames({ strategies, isQuick }: Options): string[] {
  const wanted = strategies ?? (isQuick ? ['p2c', 'priority'] : undefined);
  return readdirSync(here('../plugins/strategies'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => basename(file, '.ts'))
    .filter((name) => wanted?.includes(name) ?? true);
}

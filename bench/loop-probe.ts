import { configured, providerAt } from './configured.ts';
import type { Peer } from './peer.ts';

/** The gateway of this repository with `load/loop-delay.ts` in it, which listens on a port of its own. */
export const probedPeer = (name: string, port: number, models?: Record<string, string>): Peer =>
  configured(
    name,
    ({ upstream }) => ({ discover: false, providers: { up: providerAt(upstream, models) } }),
    (node) => [
      ...node,
      '--expose-gc',
      '--import',
      `${new URL('load/loop-delay.ts', import.meta.url)}?port=${port}`,
    ],
  );

/** Asks its probe. @returns the longest turn of its event loop since `begin`, in ms: blocked (`held`), and at work (`worked`) */
export async function askProbe(
  port: number,
  which: 'begin' | 'end',
): Promise<{ held: number; worked: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/${which}`);
  return (await answer.json()) as { held: number; worked: number };
}

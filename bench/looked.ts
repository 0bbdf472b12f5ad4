import { configured } from './configured.ts';
import type { Peer, Setup } from './peer.ts';

/** The gateway of this repository, with load/loop-delay.ts in it, which listens on the port `looking`. */
export const lookedInto = (name: string, looking: number, config: (setup: Setup) => object): Peer =>
  configured(name, config, (node) => [
    ...node,
    '--expose-gc',
    '--import',
    `${new URL('load/loop-delay.ts', import.meta.url)}?port=${looking}`,
  ]);

/** Asks such a gateway. @returns ms since `begin`: how long one turn of its loop was blocked, and worked, at most */
export async function looked(
  port: number,
  which: 'begin' | 'end',
): Promise<{ held: number; worked: number }> {
  const answer = await fetch(`http://127.0.0.1:${port}/${which}`);
  return (await answer.json()) as { held: number; worked: number };
}

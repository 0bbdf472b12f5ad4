import type { Block, Blocks, Pool } from '../contracts/index.ts';

export const isIn = ({ models }: Pool, model: string): boolean => models?.test(model) ?? true;

const NONE: ReadonlyMap<string, Block> = new Map();

/** Those that hold now: the map itself where none has lapsed, which is nearly always so. It changes nothing. */
export function holding(blocks: ReadonlyMap<string, Block>, now: number): ReadonlyMap<string, Block> {
  if (blocks.size === 0) return blocks;
  let lapsed = 0;
  for (const { untilMs } of blocks.values()) if (untilMs <= now) lapsed++;
  if (lapsed === 0) return blocks;
  return lapsed === blocks.size ? NONE : new Map([...blocks].filter(([, { untilMs }]) => untilMs > now));
}

/** Those that hold no more are forgotten. */
export function dropLapsed(blocks: Blocks, now: number): void {
  if (blocks.size === 0) return;
  for (const [reason, { untilMs }] of blocks) if (untilMs <= now) blocks.delete(reason);
}

import type { Blocks, Pool } from '../contracts/index.ts';

export const isIn = ({ models }: Pool, model: string): boolean => models?.test(model) ?? true;

/** Those that hold now. */
export function lapsed(blocks: Blocks, now: number): Blocks {
  if (blocks.size === 0) return blocks;
  for (const [reason, { untilMs }] of blocks) if (untilMs <= now) blocks.delete(reason);
  return blocks;
}

/** Why a target is left alone, and until when. */
export interface Block {
  readonly until: number;
  readonly detail: string;
  readonly guess?: boolean;
  /** the quota that it shares, where that is why */
  readonly pool?: Pool;
}

/** A quota that is used up, and the models that share it; undefined: all of the provider's. */
export interface Pool {
  readonly models: RegExp | undefined;
  readonly until: number;
  readonly detail: string;
  readonly guess?: boolean;
}

export const isIn = ({ models }: Pool, model: string): boolean => models?.test(model) ?? true;

export type Blocks = Map<string, Block>;

/** Those that hold now. */
export function lapsed(blocks: Blocks, now: number): Blocks {
  if (blocks.size === 0) return blocks;
  for (const [reason, { until }] of blocks) if (until <= now) blocks.delete(reason);
  return blocks;
}

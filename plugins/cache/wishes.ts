/** The caller's `cache-control` header (RFC 9111 §5.2.1). */
export interface Wishes {
  /** A kept answer will do, if it is no older than that; -1: none does. */
  readonly maxAgeMs: number;
  /** The answer may be kept. */
  readonly mayKeep: boolean;
}

export function wishesIn(header: string | undefined): Wishes {
  const said = (header ?? '').toLowerCase();
  const [, seconds] = /(?:^|[,\s])max-age\s*=\s*"?(\d+)/.exec(said) ?? [];
  const isFresh = /(?:^|[,\s])no-(?:cache|store)(?:$|[,\s])/.test(said);
  return {
    maxAgeMs: isFresh ? -1 : seconds === undefined ? Infinity : Number(seconds) * 1_000 || -1,
    mayKeep: !/(?:^|[,\s])no-store(?:$|[,\s])/.test(said),
  };
}

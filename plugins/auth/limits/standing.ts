import type { AnswerHeaders } from '../../../core/contracts/index.ts';
import type { GroupBound } from './limit-in-force.ts';
import { NANO, SPANNED, type Counted, type Dimension } from './limits.ts';
import type { Span } from './span.ts';

/** How much of a limit is used. */
export interface LimitStanding {
  readonly limit: Counted;
  /** null: at once */
  readonly per: Span | null;
  readonly most: number;
  readonly used: number;
  readonly left: number;
  /** when it begins again, ms since 1970; null: it does not */
  readonly endsEpochMs: number | null;
  /** the limit's name; null: it is the key's own */
  readonly name: string | null;
  /** what it counts apart */
  readonly of: { readonly [Name in Dimension]?: string };
}

export function standingOf({ group, counted, most, counter }: GroupBound, nowEpochMs: number): LimitStanding {
  const unit = counted === 'dollars' ? NANO : 1;
  const used = counter.used(nowEpochMs);
  const ends = counter.endsEpochMs(nowEpochMs);
  return {
    limit: counted,
    per: counter.span ?? null,
    most: most / unit,
    used: used / unit,
    left: Math.max(0, most - used) / unit,
    endsEpochMs: ends === Infinity ? null : ends,
    name: group.limit.name,
    of: group.values,
  };
}

/** How much is left, in the words of OpenAI's API: of several limits the one that ends first. */
export function standingHeaders(
  headers: AnswerHeaders,
  bounds: readonly GroupBound[],
  nowEpochMs: number,
): void {
  for (const counted of SPANNED) {
    let nearest: GroupBound | undefined;
    let least = Infinity;
    for (const bound of bounds) {
      if (bound.counted !== counted) continue;
      const left = bound.most - bound.counter.used(nowEpochMs);
      if (nearest && (left > least || (left === least && !endsLater(bound, nearest, nowEpochMs)))) continue;
      [nearest, least] = [bound, left];
    }
    if (!nearest) continue;
    const unit = counted === 'dollars' ? NANO : 1;
    const ends = nearest.counter.endsEpochMs(nowEpochMs);
    headers[`x-ratelimit-limit-${counted}`] = String(nearest.most / unit);
    headers[`x-ratelimit-remaining-${counted}`] = String(Math.max(0, least) / unit);
    if (ends !== Infinity) headers[`x-ratelimit-reset-${counted}`] = inWords(ends - nowEpochMs);
  }
}

const endsLater = (one: GroupBound, other: GroupBound, now: number): boolean =>
  one.counter.endsEpochMs(now) > other.counter.endsEpochMs(now);

/** As OpenAI's API writes it: `6m0s`. */
export function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

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

/** Names of headers, made once. */
const HEADERS = {
  requests: names('requests'),
  tokens: names('tokens'),
  dollars: names('dollars'),
} as const;

function names(counted: string): readonly [limit: string, remaining: string, reset: string] {
  const of = (what: string): string => `x-ratelimit-${what}-${counted}`;
  return [of('limit'), of('remaining'), of('reset')];
}

/** How much is left, in the words of OpenAI's API, of the limit with least left. */
export function standingHeaders(
  headers: AnswerHeaders,
  bounds: readonly GroupBound[],
  nowEpochMs: number,
): void {
  for (const counted of SPANNED) {
    const nearest = nearestOf(bounds, counted, nowEpochMs);
    if (!nearest) continue;
    const unit = counted === 'dollars' ? NANO : 1;
    const { most, counter } = nearest;
    const ends = counter.endsEpochMs(nowEpochMs);
    const [limit, remaining, reset] = HEADERS[counted];
    headers[limit] = String(most / unit);
    headers[remaining] = String(Math.max(0, most - counter.used(nowEpochMs)) / unit);
    if (ends !== Infinity) headers[reset] = inWords(ends - nowEpochMs);
  }
}

/** The one with least left; of several the one that ends last. */
function nearestOf(bounds: readonly GroupBound[], counted: Counted, now: number): GroupBound | undefined {
  let nearest: GroupBound | undefined;
  let least = Infinity;
  for (const bound of bounds) {
    if (bound.counted !== counted) continue;
    const left = bound.most - bound.counter.used(now);
    const isNearer =
      left < least ||
      (left === least && bound.counter.endsEpochMs(now) > (nearest?.counter.endsEpochMs(now) ?? 0));
    if (isNearer) [nearest, least] = [bound, left];
  }
  return nearest;
}

/** As OpenAI's API writes it: `6m0s`. */
export function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

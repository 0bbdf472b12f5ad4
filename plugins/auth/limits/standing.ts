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

/** Bounds by what they count, with the names of their headers. */
export interface Shown {
  readonly some: boolean;
  readonly kinds: readonly ShownKind[];
}

interface ShownKind {
  readonly unit: number;
  readonly bounds: readonly GroupBound[];
  readonly limit: string;
  readonly remaining: string;
  readonly reset: string;
}

/** What of these an answer shows, found once. */
export function shownOf(bounds: readonly GroupBound[]): Shown {
  const kinds = SPANNED.map((counted): ShownKind => {
    const of = (what: string): string => `x-ratelimit-${what}-${counted}`;
    return {
      unit: counted === 'dollars' ? NANO : 1,
      bounds: bounds.filter((bound) => bound.counted === counted),
      limit: of('limit'),
      remaining: of('remaining'),
      reset: of('reset'),
    };
  }).filter((kind) => kind.bounds.length > 0);
  return { some: kinds.length > 0, kinds };
}

/** How much is left, in the words of OpenAI's API, of the limit with least left. */
export function standingHeaders(headers: AnswerHeaders, { kinds }: Shown, nowEpochMs: number): void {
  for (const { unit, bounds, limit, remaining, reset } of kinds) {
    const { most, counter } = nearestOf(bounds, nowEpochMs);
    const ends = counter.endsEpochMs(nowEpochMs);
    headers[limit] = textOf(most / unit);
    headers[remaining] = String(Math.max(0, most - counter.used(nowEpochMs)) / unit);
    if (ends !== Infinity) headers[reset] = inWords(ends - nowEpochMs);
  }
}

/** The one with least left; of several the one that ends last. */
function nearestOf(bounds: readonly GroupBound[], now: number): GroupBound {
  let nearest = bounds[0] as GroupBound;
  let least = Infinity;
  for (const bound of bounds) {
    const left = bound.most - bound.counter.used(now);
    const isNearer =
      left < least || (left === least && bound.counter.endsEpochMs(now) > nearest.counter.endsEpochMs(now));
    if (!isNearer) continue;
    nearest = bound;
    least = left;
  }
  return nearest;
}

/** Texts that many answers have in common. */
const MOST_TEXTS = 1_000;
const texts = new Map<number, string>();
const words = new Map<number, string>();

function remembered(from: Map<number, string>, key: number, make: (key: number) => string): string {
  let text = from.get(key);
  if (text !== undefined) return text;
  if (from.size >= MOST_TEXTS) from.clear();
  from.set(key, (text = make(key)));
  return text;
}

const textOf = (number: number): string => remembered(texts, number, String);

/** As OpenAI's API writes it: `6m0s`. */
export const inWords = (ms: number): string => remembered(words, Math.ceil(ms / 1_000), spell);

function spell(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

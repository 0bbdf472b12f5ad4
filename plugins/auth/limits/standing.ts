import type { AnswerHeaders } from '../../../core/contracts/index.ts';
import { headersIn } from '../../../wire/header-lines.ts';
import { wholeText } from '../whole-text.ts';
import { plainDollars } from '../prices/price.ts';
import type { GroupBound } from './limit-in-force.ts';
import { NANO, SPANNED, type Counted, type Dimension } from './limits.ts';
import type { Span } from './span.ts';

const NONE: readonly never[] = [];

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

/**
 * How much is left, in the words of OpenAI's API, of the limit with least left: lines of a head.
 * @param bounds, more two lists, which need not be put together for each answer
 */
export function standingLines(
  bounds: readonly GroupBound[],
  more: readonly GroupBound[],
  nowEpochMs: number,
): string {
  let lines = '';
  for (const told of LINES) {
    const nearest = nearestOf(told.counted, more, nowEpochMs, nearestOf(told.counted, bounds, nowEpochMs));
    if (nearest) lines += told.lines(nearest, nowEpochMs);
  }
  return lines;
}

/** The same as headers. */
export const standingHeaders = (bounds: readonly GroupBound[], nowEpochMs: number): Record<string, string> =>
  headersIn(standingLines(bounds, NONE, nowEpochMs));

/** Whether an upstream's answer has headers of its own limits. */
export function tellsLimits(headers: AnswerHeaders): boolean {
  for (const name in headers) if (name.startsWith('x-ratelimit-')) return true;
  return false;
}

/** The one with least left; of several the one that ends last. @param nearest of those before */
function nearestOf(
  counted: Counted,
  bounds: readonly GroupBound[],
  now: number,
  nearest?: GroupBound,
): GroupBound | undefined {
  for (const bound of bounds) {
    if (bound.counted !== counted) continue;
    const nearer = nearest ? leftOf(bound, now) - leftOf(nearest, now) : -1;
    const isNearer =
      nearer < 0 ||
      (nearer === 0 && bound.counter.endsEpochMs(now) > (nearest as GroupBound).counter.endsEpochMs(now));
    if (isNearer) nearest = bound;
  }
  return nearest;
}

const leftOf = ({ most, counter }: GroupBound, now: number): number => most - counter.used(now);

/** Texts that many answers have in common. */
const MOST_TEXTS = 1_000;

/** The lines for what is counted. What many answers have in common is one text: few texts are put together fast. */
class Lines {
  readonly counted: Counted;
  readonly #unit: number;
  readonly #beginnings = new Map<number, string>();
  readonly #ends = new Map<number, string>();

  constructor(counted: Counted) {
    this.counted = counted;
    this.#unit = counted === 'dollars' ? NANO : 1;
  }

  lines({ most, counter }: GroupBound, nowEpochMs: number): string {
    const left = Math.max(0, most - counter.used(nowEpochMs));
    const ends = counter.endsEpochMs(nowEpochMs);
    const seconds = ends === Infinity ? ends : Math.ceil((ends - nowEpochMs) / 1_000);
    const beginning = this.#beginnings.get(most) ?? remember(this.#beginnings, most, this.#begin(most));
    const text = this.counted === 'dollars' ? plainDollars(left) : wholeText(left);
    return beginning + text + (this.#ends.get(seconds) ?? remember(this.#ends, seconds, this.#end(seconds)));
  }

  #begin(most: number): string {
    return `x-ratelimit-limit-${this.counted}: ${most / this.#unit}\r\nx-ratelimit-remaining-${this.counted}: `;
  }

  #end(seconds: number): string {
    return seconds === Infinity ? '\r\n' : `\r\nx-ratelimit-reset-${this.counted}: ${spelled(seconds)}\r\n`;
  }
}

const LINES = SPANNED.map((counted) => new Lines(counted));

function remember(texts: Map<number, string>, key: number, text: string): string {
  if (texts.size >= MOST_TEXTS) texts.clear();
  texts.set(key, text);
  return text;
}

/** As OpenAI's API writes it: `6m0s`. */
export const inWords = (ms: number): string => spelled(Math.ceil(ms / 1_000));

function spelled(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

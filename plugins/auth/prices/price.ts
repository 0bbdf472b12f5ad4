import type { Usage } from '../../../core/contracts/index.ts';
import { NANO } from '../limits/limits.ts';
import { wholeText } from '../whole-text.ts';

const MILLION = 1e6;

/** Dollars for a million tokens. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  /** of the input that a cache of the provider had; absent: as other input */
  readonly cached?: number;
  /** of the input that was written into it; absent: as other input */
  readonly cacheWritten?: number;
}

/** What requests to a target cost. */
export interface Price extends Rates {
  /** dollars for each request, beside its tokens */
  readonly request?: number;
  /** other rates for all of a request with more input than `above`, the longest last */
  readonly tiers?: readonly (Partial<Rates> & { readonly above: number })[];
}

export const FREE: Price = { input: 0, output: 0 };

/** In whole nano-dollars. */
export function costOf(price: Price, usage: Usage): number {
  const { prompt, completion } = usage;
  const tier = price.tiers?.findLast(({ above }) => prompt > above);
  const { input, output, cached = input, cacheWritten = input } = tier ? { ...price, ...tier } : price;
  const read = Math.min(usage.cached ?? 0, prompt);
  const written = Math.min(usage.cacheWritten ?? 0, prompt - read);
  const tokens =
    (prompt - read - written) * input + read * cached + written * cacheWritten + completion * output;
  return Math.round((tokens / MILLION + (price.request ?? 0)) * NANO);
}

const DIGITS = 9;
const ZERO = 0x30;

/** Nano-dollars as dollars, without an exponent and without zeros at the end. */
export function plainDollars(nano: number): string {
  const digits = wholeText(nano).padStart(DIGITS + 1, '0');
  const point = digits.length - DIGITS;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO) end -= 1;
  const whole = digits.slice(0, point);
  return end === point ? whole : `${whole}.${digits.slice(point, end)}`;
}

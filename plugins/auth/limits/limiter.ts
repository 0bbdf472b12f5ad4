import type { AnswerHeaders } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { Counters } from './counters.ts';
import { COUNTED, type Counted, type Limits } from './limits.ts';
import type { Span, Window } from './window.ts';

interface Bound {
  readonly counted: Counted;
  readonly span: Span;
  readonly most: number;
  readonly window: Window;
}

/** How much of a limit is used. */
export interface LimitStanding {
  readonly limit: Counted | 'concurrency';
  /** null: at once */
  readonly per: Span | null;
  readonly most: number;
  readonly used: number;
  /** when it begins again, ms since 1970 */
  readonly endsEpochMs: number | null;
}

/** What a request has reserved. */
export interface Reservation {
  /** @param used tokens; undefined: what was reserved stays */
  settle(used: number | undefined): void;
}

/**
 * The limits of one key. All is checked and reserved in one step of the event loop, so that no two requests can have the
 * same rest of a limit.
 */
export class Limiter {
  readonly #name: string;
  readonly #bounds: readonly Bound[];
  readonly #concurrency: number;
  readonly #date: () => number;
  /** Some of its limits count tokens. */
  readonly countsTokens: boolean;

  constructor(name: string, limits: Limits, counters: Counters, date: () => number) {
    this.#name = name;
    this.#date = date;
    this.#concurrency = limits.concurrency ?? Infinity;
    this.#bounds = COUNTED.flatMap((counted) =>
      Object.entries(limits[counted] ?? {}).map(([span, most]) => ({
        counted,
        span: span as Span,
        most,
        window: counters.window(counted, span as Span),
      })),
    );
    this.countsTokens = this.#bounds.some(({ counted }) => counted === 'tokens');
  }

  /**
   * @param running requests that are under way
   * @param tokens what it may need
   * @throws GatewayError `rate_limited`
   */
  reserve(running: number, tokens: number): Reservation {
    const now = this.#date();
    if (running >= this.#concurrency) throw this.#tooMany(running);
    const full = this.#bounds
      .filter(({ counted, most, window }) => window.used(now) + amountOf(counted, tokens) > most)
      .toSorted((a, b) => b.window.restMs(now) - a.window.restMs(now));
    if (full[0]) throw this.#spent(full[0], tokens, now);
    const taken = this.#bounds.map((bound) => ({
      ...bound,
      began: bound.window.take(amountOf(bound.counted, tokens), now),
    }));
    return {
      settle: (used = tokens) => {
        for (const { counted, window, began } of taken)
          if (counted === 'tokens') window.settle(tokens, used, began, this.#date());
      },
    };
  }

  standing(running: number): LimitStanding[] {
    const now = this.#date();
    const perSpan = this.#bounds.map(({ counted, span, most, window }) => ({
      limit: counted,
      per: span,
      most,
      used: window.used(now),
      endsEpochMs: now + window.restMs(now),
    }));
    if (this.#concurrency === Infinity) return perSpan;
    const atOnce = { limit: 'concurrency', per: null, most: this.#concurrency, used: running } as const;
    return [...perSpan, { ...atOnce, endsEpochMs: null }];
  }

  /** How much is left, in the words of OpenAI's API: of several limits the one that ends first. */
  addTo(headers: AnswerHeaders): void {
    const now = this.#date();
    for (const counted of COUNTED) {
      const [bound] = this.#bounds
        .filter((one) => one.counted === counted)
        .map(({ most, window }) => ({ most, window, left: Math.max(0, most - window.used(now)) }))
        .toSorted((a, b) => a.left - b.left || b.window.spanMs - a.window.spanMs);
      if (!bound) continue;
      headers[`x-ratelimit-limit-${counted}`] = String(bound.most);
      headers[`x-ratelimit-remaining-${counted}`] = String(bound.left);
      headers[`x-ratelimit-reset-${counted}`] = inWords(bound.window.restMs(now));
    }
  }

  #tooMany(running: number): GatewayError {
    return new GatewayError(
      'rate_limited',
      `the key '${this.#name}' may have ${this.#concurrency} requests at once, and has ${running}; come back when one has ended`,
      { retryAfterS: 1 },
    );
  }

  #spent({ counted, span, most, window }: Bound, tokens: number, now: number): GatewayError {
    const limit = `${most} ${counted} ${span === 'hour' ? 'an' : 'a'} ${span}`;
    if (counted === 'tokens' && tokens > most)
      return new GatewayError(
        'rate_limited',
        `this request may need ${tokens} tokens, and the key '${this.#name}' may use ${limit}: shorten it, or ask for fewer by max_tokens`,
      );
    const used = window.used(now);
    const needs = counted === 'tokens' ? `, and this request may need ${tokens}` : '';
    const rest = window.restMs(now);
    return new GatewayError(
      'rate_limited',
      `the key '${this.#name}' may use ${limit} and has used ${used}${needs}; the ${span} ends in ${inWords(rest)}, at ${new Date(now + rest).toISOString()}`,
      { retryAfterS: Math.ceil(rest / 1_000) },
    );
  }
}

const amountOf = (counted: Counted, tokens: number): number => (counted === 'tokens' ? tokens : 1);

/** As OpenAI's API writes it: `6m0s`. */
export function inWords(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  const rest = `${seconds % 60}s`;
  if (hours > 0) return `${hours}h${minutes}m${rest}`;
  return minutes > 0 ? `${minutes}m${rest}` : rest;
}

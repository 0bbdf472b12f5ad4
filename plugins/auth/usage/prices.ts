import { calcPrice } from '@pydantic/genai-prices';
import type { Usage } from '../../../core/contracts/index.ts';
import type { Costs, PricedRequest, UsageRow } from './usage-row.ts';

const NANO = 1e9;
const MILLION = 1e6;

/** Prices of the config, in dollars for a million tokens: by `provider/model`, the provider's name of a model, or the name that is asked for. */
export type OwnPrices = Readonly<Record<string, OwnPrice>>;

export interface OwnPrice {
  readonly input: number;
  readonly output: number;
  /** of the input that a cache of the provider had; absent: as other input */
  readonly cached?: number;
}

/** What requests cost: by the prices of the config, or by the published ones of the provider behind a URL. */
export class Prices {
  readonly #own: OwnPrices;

  constructor(own: OwnPrices) {
    this.#own = own;
  }

  /** A price that is not known is no price of zero: those requests are counted as `unpriced`. */
  costsOf(row: UsageRow): Costs {
    let [cost, estimatedCost, unpriced] = [0, 0, row.isFree ? 0 : row.unknown];
    for (const request of row.priced) {
      const dollars = this.#dollarsOf(row, request);
      if (dollars === undefined) unpriced += 1;
      else if (request.usage.estimated) estimatedCost += Math.round(dollars * NANO);
      else cost += Math.round(dollars * NANO);
    }
    return { cost, estimatedCost, unpriced };
  }

  #dollarsOf(
    { provider, model: asked, origin, isFree, atEpochMs }: UsageRow,
    { model, usage }: PricedRequest,
  ): number | undefined {
    const name = [`${provider}/${model}`, `${provider}/${asked}`, model, asked].find((one) =>
      Object.hasOwn(this.#own, one),
    );
    if (name !== undefined) return byOwn(this.#own[name]!, usage);
    if (isFree) return 0;
    return origin === undefined ? undefined : published(origin, model, usage, atEpochMs);
  }
}

function byOwn({ input, output, cached = input }: OwnPrice, usage: Usage): number {
  const fromCache = Math.min(usage.cached ?? 0, usage.prompt);
  return ((usage.prompt - fromCache) * input + fromCache * cached + usage.completion * output) / MILLION;
}

function published(origin: string, model: string, usage: Usage, atEpochMs: number): number | undefined {
  const { prompt, completion, cached = 0, cacheWritten = 0 } = usage;
  const counted = {
    input_tokens: Math.max(prompt, cached + cacheWritten),
    output_tokens: completion,
    cache_read_tokens: cached,
    cache_write_tokens: cacheWritten,
  };
  try {
    const price = calcPrice(counted, model, { providerApiUrl: origin, timestamp: new Date(atEpochMs) });
    return price?.total_price;
  } catch {
    return undefined;
  }
}

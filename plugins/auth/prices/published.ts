import type { Price } from './price.ts';

type Published = typeof import('@pydantic/genai-prices');

const NAMES = {
  input: 'input_mtok',
  output: 'output_mtok',
  cached: 'cache_read_mtok',
  cacheWritten: 'cache_write_mtok',
} as const;

/**
 * The price that the provider behind a URL has published for a model; undefined: none is known. Loading the prices takes
 * 75 ms, so this runs in a thread.
 */
export async function publishedPrice(
  origin: string,
  model: string,
  atEpochMs: number,
): Promise<Price | undefined> {
  const { calcPrice }: Published = await import('@pydantic/genai-prices');
  try {
    const none = { input_tokens: 0, output_tokens: 0 };
    const found = calcPrice(none, model, { providerApiUrl: origin, timestamp: new Date(atEpochMs) });
    return found ? priceFrom(found.model_price) : undefined;
  } catch {
    return undefined;
  }
}

/** undefined: it counts no tokens */
function priceFrom(said: ModelPrice): Price | undefined {
  const entries = Object.entries(NAMES).map(([name, key]) => [name, said[key]] as const);
  const base = Object.fromEntries(
    entries.flatMap(([name, value]) => (value === undefined ? [] : [[name, rateOf(value)]])),
  );
  if (base.input === undefined && base.output === undefined) return undefined;
  const starts = new Set(
    entries.flatMap(([, value]) => (isTiered(value) ? value.tiers.map(({ start }) => start) : [])),
  );
  const tiers = [...starts]
    .toSorted((one, other) => one - other)
    .map((above) => ({
      above,
      ...Object.fromEntries(
        entries.flatMap(([name, value]) => (isTiered(value) ? [[name, rateOf(value, above)]] : [])),
      ),
    }));
  const request = said['requests_kcount'];
  return {
    input: 0,
    output: 0,
    ...base,
    ...(typeof request === 'number' && { request: request / 1_000 }),
    ...(tiers.length > 0 && { tiers }),
  };
}

type Tiered = {
  readonly base: number;
  readonly tiers: readonly { readonly start: number; readonly price: number }[];
};
type ModelPrice = Readonly<Record<string, number | Tiered | undefined>>;

const isTiered = (value: number | Tiered | undefined): value is Tiered => typeof value === 'object';

/** @param above the tier of requests with more input than that; absent: those below all */
function rateOf(value: number | Tiered, above = -1): number {
  if (!isTiered(value)) return value;
  return value.tiers
    .filter(({ start }) => start <= above)
    .reduce((longest, tier) => (tier.start >= longest.start ? tier : longest), {
      start: -1,
      price: value.base,
    }).price;
}

import type { Target } from '../../../core/contracts/index.ts';
import { matchesAny } from '../../../wire/wildcard.ts';
import type { Price } from './price.ts';

/** A price of the config, and when it begins to hold; absent: it always has. */
export interface DatedPrice extends Price {
  /** a day, as 2027-01-31 */
  readonly from?: string | undefined;
  /** only for requests that ask for this `service_tier` */
  readonly tier?: string | undefined;
}

/** By `provider/model`, the provider's own name of a model, or the name that is asked for; `*` stands for any text. */
export type OwnPrices = Readonly<Record<string, DatedPrice | readonly DatedPrice[]>>;

/**
 * The prices of the config for a target, the narrowest name first.
 * @returns undefined: the config has none
 */
export function ownPrices(
  own: OwnPrices,
  { provider, model, name }: Target,
  asked: string,
): readonly DatedPrice[] | undefined {
  const names = [model, name, asked].filter((one) => one !== '*');
  const all = [...names.map((one) => `${provider.name}/${one}`), ...names];
  const exact = all.find((one) => Object.hasOwn(own, one));
  const found =
    exact ??
    Object.keys(own).find(
      (pattern) => pattern.includes('*') && all.some((one) => matchesAny([pattern], one)),
    );
  return found === undefined ? undefined : [own[found] ?? []].flat().map(withTiersInOrder);
}

const withTiersInOrder = (price: DatedPrice): DatedPrice =>
  price.tiers ? { ...price, tiers: price.tiers.toSorted((one, other) => one.above - other.above) } : price;

/** Which of them holds at a time. */
export function priceAt(
  prices: readonly DatedPrice[],
  atEpochMs: number,
  tier: string | undefined,
): DatedPrice | undefined {
  const begun = prices.filter(({ from }) => from === undefined || Date.parse(from) <= atEpochMs);
  const latest = (of: string | undefined): DatedPrice | undefined =>
    begun
      .filter((price) => price.tier === of)
      .reduce<DatedPrice | undefined>(
        (best, one) => (best && begins(best) > begins(one) ? best : one),
        undefined,
      );
  return (tier === undefined ? undefined : latest(tier)) ?? latest(undefined);
}

/** When the next of them begins to hold; Infinity: none does. */
export const nextChange = (prices: readonly DatedPrice[], atEpochMs: number): number =>
  Math.min(Infinity, ...prices.map(begins).filter((begin) => begin > atEpochMs));

const begins = ({ from }: DatedPrice): number => (from === undefined ? -Infinity : Date.parse(from));

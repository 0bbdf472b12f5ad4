import type { Target } from '../../../core/contracts/index.ts';
import { offerOf } from '../../../kits/peer-kit/offer.ts';
import { nextChange, ownPrices, priceAt, type OwnPrices } from './own-prices.ts';
import { FREE, type Price } from './price.ts';

/** ms that a published price holds: some depend on the time of day */
const HOLDS_MS = 600_000;
/** ms until one that could not be looked up is looked up again */
const AGAIN_MS = 60_000;
/** names that are remembered for a target: callers choose them */
const MOST_NAMES = 100;

type Known = { readonly price: Price | undefined; untilEpochMs: number };

interface Parts {
  readonly date: () => number;
  /** what the provider behind a URL has published */
  readonly published: (origin: string, model: string, atEpochMs: number) => Promise<Price | undefined>;
}

/** Prices of targets. A price is looked up once, and then available synchronously. */
export class PriceBook {
  readonly #parts: Parts;
  #own: OwnPrices;
  #hasTiers: boolean;
  #known = new WeakMap<Target, Map<string, Known | Promise<Price | undefined>>>();

  constructor(own: OwnPrices, parts: Parts) {
    this.#own = own;
    this.#hasTiers = saysTier(own);
    this.#parts = parts;
  }

  /** Some price depends on the `service_tier` that is asked for. */
  get hasTiers(): boolean {
    return this.#hasTiers;
  }

  /** Other prices of the config hold from now on. */
  replace(own: OwnPrices): void {
    this.#own = own;
    this.#hasTiers = saysTier(own);
    this.#known = new WeakMap();
  }

  /**
   * @param asked the name that the target is asked under
   * @returns undefined: it is not known; a promise where it is looked up
   */
  of(target: Target, asked: string, tier?: string): Price | undefined | Promise<Price | undefined> {
    const name = tier === undefined ? asked : `${asked} ${tier}`;
    const names = this.#namesOf(target);
    const known = names.get(name);
    if (known instanceof Promise) return known;
    const now = this.#parts.date();
    if (known && now < known.untilEpochMs) return known.price;
    const own = ownPrices(this.#own, target, asked);
    const price = own && priceAt(own, now, tier);
    if (price) return this.#keep(names, name, price, nextChange(own, now));
    if (target.provider.process) return this.#keep(names, name, FREE, Infinity);
    const offered = offerOf(target.provider)?.priceOf(target.model);
    if (offered === 'free') return this.#keep(names, name, FREE, now + HOLDS_MS);
    const { origin, model } = offered ?? {
      origin: target.provider.origin,
      model: target.model === '*' ? target.name : target.model,
    };
    if (origin === undefined) return this.#keep(names, name, undefined, Infinity);
    const looked = this.#lookUp(names, name, origin, model);
    if (!known) return looked;
    // The known price holds until the next lookup.
    known.untilEpochMs = now + AGAIN_MS;
    names.set(name, known);
    return known.price;
  }

  #namesOf(target: Target): Map<string, Known | Promise<Price | undefined>> {
    let names = this.#known.get(target);
    if (!names || names.size >= MOST_NAMES) this.#known.set(target, (names = new Map()));
    return names;
  }

  #keep(
    names: Map<string, unknown>,
    name: string,
    price: Price | undefined,
    untilEpochMs: number,
  ): Price | undefined {
    names.set(name, { price, untilEpochMs });
    return price;
  }

  #lookUp(
    names: Map<string, unknown>,
    name: string,
    origin: string,
    model: string,
  ): Promise<Price | undefined> {
    const now = this.#parts.date();
    const looked = this.#parts.published(origin, model, now).then(
      (price) => this.#keep(names, name, price, now + HOLDS_MS),
      () => this.#keep(names, name, undefined, now + AGAIN_MS),
    );
    names.set(name, looked);
    return looked;
  }
}

const saysTier = (own: OwnPrices): boolean =>
  Object.values(own).some((one) => [one].flat().some(({ tier }) => tier !== undefined));

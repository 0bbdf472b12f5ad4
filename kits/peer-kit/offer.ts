import type { Provider } from '../../core/contracts/index.ts';

/** A model that a peer offers. */
export interface OfferedModel {
  readonly surfaces: readonly string[];
  /** where its price is published, as what; 'free': it runs there; absent: it is not known */
  readonly price?: 'free' | { readonly origin: string; readonly model: string } | undefined;
}

/** The models that one peer offers, by its last report. Its provider reads them here. */
export class Offer {
  /** public name → the same name, as the map of models of its provider; always the same object */
  readonly models: Record<string, string> = Object.create(null) as Record<string, string>;
  #told: ReadonlyMap<string, OfferedModel> = new Map();
  #inflight: ReadonlyMap<string, number> = new Map();

  /** @returns whether names came or went, or have other APIs */
  take(told: ReadonlyMap<string, OfferedModel>): boolean {
    const before = this.#told;
    this.#told = told;
    for (const name of before.keys()) if (!told.has(name)) delete this.models[name];
    for (const name of told.keys()) this.models[name] = name;
    return (
      before.size !== told.size ||
      [...told].some(([name, { surfaces }]) => before.get(name)?.surfaces.join() !== surfaces.join())
    );
  }

  /** How many requests others have in flight there. */
  load(inflight: ReadonlyMap<string, number>): void {
    this.#inflight = inflight;
  }

  surfacesOf = (model: string): readonly string[] => this.#told.get(model)?.surfaces ?? [];

  inflightElsewhere = (model: string): number => this.#inflight.get(model) ?? 0;

  priceOf(model: string): OfferedModel['price'] {
    return this.#told.get(model)?.price;
  }
}

const offers = new WeakMap<object, Offer>();

/** A provider's map of models is the offer's own, whichever copy of the provider asks. */
export function makeOffer(): Offer {
  const offer = new Offer();
  offers.set(offer.models, offer);
  return offer;
}

/** undefined: the provider is no peer */
export const offerOf = ({ models }: Provider): Offer | undefined => models && offers.get(models);

import { isDeepStrictEqual } from 'node:util';
import { isKnownByKey, type ChosenProvider } from '../collect-providers.ts';
import type { Gateway, Provider, ProviderChanges, Upstream } from '../../core/contracts/index.ts';

/** A provider that its plugin has made. */
export interface MadeProvider {
  readonly provider: Provider;
  /** ends what its plugin subscribed to */
  readonly close: () => void;
}

/** The gateway as far as providers come and go in it. */
interface Place {
  readonly upstreams: Gateway['upstreams'];
  readonly models: Gateway['models'];
  add(provider: Provider, aliases?: readonly string[], isChosen?: boolean): Upstream;
  retire(upstream: Upstream, reason: string): Promise<void>;
}

interface Running extends Pick<MadeProvider, 'close'> {
  readonly chosen: ChosenProvider;
}

/** What the next config makes of the providers; nothing of it is in force yet. */
export interface PlannedProviders {
  readonly changes: ProviderChanges;
  readonly made: readonly (MadeProvider & { readonly chosen: ChosenProvider })[];
}

/** The providers that run, and how each was chosen, so that another config replaces only those that it has otherwise. */
export class RunningProviders {
  readonly #place: Place;
  readonly make: (chosen: ChosenProvider) => Promise<MadeProvider>;
  readonly #running = new Map<string, Running>();

  constructor(place: Place, make: (chosen: ChosenProvider) => Promise<MadeProvider>) {
    this.#place = place;
    this.make = make;
  }

  /** Takes one that was made. */
  add(chosen: ChosenProvider, { provider, close }: MadeProvider): Upstream {
    const { name, plugin, isChosen, dormant } = chosen;
    const standing = { ...(plugin.lastResort && { lastResort: true }), ...(dormant && { dormant }) };
    this.#running.set(name, { chosen, close });
    return this.#place.add(
      { ...provider, ...standing },
      name === plugin.name ? plugin.aliases : [],
      isChosen,
    );
  }

  /** Makes one, and takes it. */
  async find(chosen: ChosenProvider): Promise<void> {
    const upstream = this.add(chosen, await this.make(chosen));
    await this.#place.models.lists.current?.fetch(upstream);
    this.#place.models.forget();
  }

  /**
   * Makes those that are new or changed.
   * @param next all that the config names or needs; one that was detected stays unless its place is taken
   * @throws what a plugin throws: then nothing has changed
   */
  async plan(next: readonly ChosenProvider[], isTaken: (name: string) => boolean): Promise<PlannedProviders> {
    const names = new Set(next.map(({ name }) => name));
    const made: (MadeProvider & { readonly chosen: ChosenProvider })[] = [];
    const added: string[] = [];
    const changed: string[] = [];
    for (const chosen of next) {
      const running = this.#running.get(chosen.name);
      if (running && isSame(running.chosen, chosen)) continue;
      (running ? changed : added).push(chosen.name);
      try {
        made.push({ chosen, ...(await this.make(chosen)) });
      } catch (error) {
        for (const { close } of made) close();
        throw error;
      }
    }
    const removed = [...this.#running.values()]
      .filter(({ chosen }) => !names.has(chosen.name) && (!isDetected(chosen) || isTaken(chosen.name)))
      .map(({ chosen }) => chosen.name);
    return { changes: { added, changed, removed }, made };
  }

  /** From now on requests are routed to what was planned. Answers of those that go or change end first. */
  apply({ changes, made }: PlannedProviders): void {
    for (const name of changes.removed) this.#end(name, 'the config has no such provider any more');
    for (const { chosen, ...one } of made) {
      const wasUp = this.#end(chosen.name, 'its settings have changed');
      const upstream = this.add(chosen, one);
      if (wasUp || upstream.provider.process?.start === 'boot')
        upstream.process?.start('its settings have changed').catch(() => undefined);
      void this.#place.models.lists.current?.fetch(upstream);
    }
  }

  /** @returns whether its process was running */
  #end(name: string, reason: string): boolean {
    const upstream = this.#place.upstreams.get(name);
    this.#running.get(name)?.close();
    this.#running.delete(name);
    if (!upstream) return false;
    const wasUp = upstream.process?.pid !== undefined;
    void this.#place.retire(upstream, reason);
    return wasUp;
  }
}

/** It runs because it was found at its port. */
const isDetected = ({ plugin, isNamed }: ChosenProvider): boolean =>
  !isNamed && plugin.detect !== undefined && !isKnownByKey(plugin);

const isSame = (one: ChosenProvider, other: ChosenProvider): boolean =>
  one.plugin === other.plugin &&
  one.isChosen === other.isChosen &&
  one.dormant === other.dormant &&
  isDeepStrictEqual(one.keys, other.keys) &&
  isDeepStrictEqual(one.settings, other.settings);

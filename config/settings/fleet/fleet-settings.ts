import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import type { Overrides } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { Secrets } from '../../../kits/secret-kit/index.ts';
import { storeLost } from '../../../kits/store-kit/store-lost.ts';
import type { SharedStore } from '../../../kits/store-kit/shared-store.ts';
import { checkOverrides, putInForce, referringTo, type CheckedOverrides } from '../change-overrides.ts';
import type { LoadedSettings, Running } from '../running.ts';
import { opened } from '../seal-keys.ts';
import { FleetCopy, type Taken } from './fleet-copy.ts';
import { mustBeUsable } from './must-be-usable.ts';
import { namesChanged } from './names-changed.ts';
import { joined, partsOf, type Parts } from './own-part.ts';
import { openedKeys, sealedKeys } from './sealed-keys.ts';
import { Outrun, SettingsTable, TOPIC, type Revision } from './settings-table.ts';

interface Given {
  readonly settings: LoadedSettings;
  readonly running: Running;
  readonly store: SharedStore;
  /** this gateway's name, for the others */
  readonly node: string;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
}

type Change = (value: Overrides) => Overrides | Promise<Overrides>;

/** beats between two looks at what was not heard of */
const LOOK_EVERY = 5;
/** how often a change is made again, because other gateways were first */
const TRIES = 5;

/**
 * The overrides that gateways share. A change is made of what all have, checked here, and written to PostgreSQL before it
 * applies. Each other gateway checks the whole of it, and keeps what it has where that is not valid there.
 */
export class FleetSettings {
  readonly #given: Given;
  readonly #table: SettingsTable;
  readonly #copy: FleetCopy;
  /** in force here; undefined: PostgreSQL was not asked yet, or nothing was ever changed */
  #current: Revision | undefined;
  /** what `overrides.json` has of all gateways; undefined: it is of this one alone */
  #taken: Taken | undefined;
  /** what this gateway could not apply, and with which config */
  #refused: { readonly id: string; readonly filed: unknown } | undefined;
  #beats = 0;
  #isLookWanted = false;
  #looking: Promise<void> = Promise.resolve();

  constructor(given: Given) {
    const { store, settings, node } = given;
    this.#given = given;
    this.#table = new SettingsTable(store.postgres, node);
    this.#copy = new FleetCopy(settings.overrides.file);
    store.onNews(TOPIC, () => this.#look());
    store.onFound(() => this.#look());
    store.onBeat(() => void (++this.#beats % LOOK_EVERY === 0 && this.#look()));
  }

  /** Takes what the others have, where PostgreSQL can be asked. */
  async begin(): Promise<void> {
    const { store } = this.#given;
    this.#taken = await this.#copy.taken();
    store.sharedSettings = { revision: this.#taken?.revision ?? 0, problem: null };
    if (store.problem === undefined) await this.#look();
  }

  /** @throws GatewayError `store_unavailable`, `action_conflict`, `config_invalid`: then nothing has changed */
  async change(change: Change): Promise<void> {
    const { overrides } = this.#given.settings;
    for (let tries = 1; ; tries++)
      try {
        return await overrides.inTurn(() => this.#change(change));
      } catch (error) {
        if (!(error instanceof Outrun)) throw error;
        if (tries === TRIES)
          throw new GatewayError(
            'action_conflict',
            'Nothing was changed: other gateways change the settings at this moment. Ask again',
          );
      }
  }

  async #change(change: Change): Promise<void> {
    const { settings, running } = this.#given;
    const { value } = settings.overrides;
    const before = referringTo(settings);
    const asked = await this.#asked();
    const base = 'lost' in asked ? value : this.#here(asked.last, value);
    const wanted = await change(base);
    // The config may be another one now: overrides that are saved into the file stay those of the others.
    if (wanted === base) return void (await running.changed());
    const suffix = `.${randomBytes(4).toString('hex')}`;
    const next = await checkOverrides(settings, wanted, { suffix });
    const { fleet } = this.#partsOf(next.overrides);
    const isOfAll = !isDeepStrictEqual(fleet, this.#partsOf(base).fleet);
    if (isOfAll && 'lost' in asked) throw asked.lost;
    if (isOfAll) mustBeUsable(next.overrides, settings, running);
    const last = 'lost' in asked ? undefined : asked.last;
    const keep = isOfAll ? () => this.#publish(next, fleet, last) : () => this.#keepOwn(next.overrides);
    await putInForce(settings, running, { next, before, keep });
  }

  /** The last revision of all gateways, or why it is not known. */
  async #asked(): Promise<{ readonly last: Revision | undefined } | { readonly lost: Error }> {
    const { problem } = this.#given.store;
    const lost = (error: Error) => ({ lost: storeLost('Nothing was changed', error) });
    if (problem !== undefined) return lost(new Error(problem));
    return this.#table.last().then(
      (last) => ({ last }),
      (error: Error) => lost(error),
    );
  }

  async #publish(next: CheckedOverrides, fleet: Overrides, before: Revision | undefined): Promise<void> {
    const { overrides } = this.#given.settings;
    const { secrets, given } = next;
    const keys = await sealedKeys(fleet, { place: this.#place, secrets, given });
    const content = { overrides: fleet, ...(keys && { keys }) };
    const added = await this.#table.add(content, before).catch((error: Error) => {
      if (error instanceof Outrun) throw error;
      throw storeLost('It is not known whether anything was changed', error);
    });
    // From here on it holds for all gateways, whatever becomes of this one's file.
    await overrides.put(next.overrides).catch((error: Error) => {
      this.#given.log.warn(`settings: ${error.message}`);
      overrides.hold(next.overrides);
    });
    await this.#isInForce(added);
  }

  async #keepOwn(value: Overrides): Promise<void> {
    await this.#given.settings.overrides.put(value);
    if (this.#taken) await this.#mark(this.#taken);
  }

  /** One runs at most, and one waits: it sees everything. */
  #look(): Promise<void> {
    if (this.#isLookWanted) return this.#looking;
    this.#isLookWanted = true;
    return (this.#looking = this.#looking.then(() => {
      this.#isLookWanted = false;
      return this.#lookNow();
    }));
  }

  async #lookNow(): Promise<void> {
    const { settings, store } = this.#given;
    try {
      const id = await this.#table.lastId();
      const isKnown = id !== undefined && id === this.#current?.id;
      const isRefused =
        id !== undefined && id === this.#refused?.id && settings.filed === this.#refused.filed;
      if (isKnown) store.sharedSettings = { revision: this.#current!.revision, problem: null };
      if (isKnown || isRefused) return;
      await settings.overrides.inTurn(() => this.#take());
    } catch (error) {
      if (error instanceof Outrun) return void this.#look();
      // What is lost is told by the store.
      if (store.problem === undefined)
        this.#tell(`those of all gateways cannot be read: ${(error as Error).message}`);
    }
  }

  async #take(): Promise<void> {
    const { settings } = this.#given;
    const last = await this.#table.last();
    if (!last) return this.#import();
    if (last.id === this.#current?.id) return;
    const { value } = settings.overrides;
    // What was set aside may refer to its secrets.
    const before = !this.#current && (await this.#keepWhatWasOwn(last)) ? [] : referringTo(settings);
    try {
      await this.#apply(last, this.#here(last, value), before);
      this.#refused = undefined;
      await this.#isInForce(last);
    } catch (error) {
      this.#cannot(last, error as Error);
    }
  }

  async #apply(last: Revision, wanted: Overrides, before: readonly unknown[]): Promise<void> {
    const { settings, running, log } = this.#given;
    const { value } = settings.overrides;
    if (isDeepStrictEqual(wanted, value)) return;
    mustBeUsable(wanted, settings, running);
    const secrets = await Secrets.open(this.#place);
    const { keys } = last.content;
    const given = keys ? await openedKeys(keys, { place: this.#place, secrets }) : {};
    const next = await checkOverrides(settings, wanted, { given });
    await putInForce(settings, running, {
      next,
      before,
      keep: () => settings.overrides.put(next.overrides),
    });
    const names = namesChanged(value, wanted).join(', ');
    log.info(`settings: revision ${last.revision} of '${last.node}' is in force here: ${names}`);
  }

  #cannot(last: Revision, error: Error): void {
    const { settings } = this.#given;
    const isLasting = error instanceof GatewayError && error.code === 'config_invalid';
    this.#refused = isLasting ? { id: last.id, filed: settings.filed } : undefined;
    this.#tell(
      `revision ${last.revision} of '${last.node}' cannot be in force here, and what was before it is: ${error.message}`,
    );
  }

  #tell(problem: string): void {
    const { store, log } = this.#given;
    if (store.sharedSettings?.problem === problem) return;
    store.sharedSettings = { revision: this.#taken?.revision ?? 0, problem };
    log.warn(`settings: ${problem}`);
  }

  /** PostgreSQL has none: it gets what this gateway has. */
  async #import(): Promise<void> {
    const { settings, running, log } = this.#given;
    const { value } = settings.overrides;
    const parts = this.#partsOf(value);
    if (Object.keys(parts.fleet).length === 0) return;
    const before = referringTo(settings);
    const secrets = await Secrets.open(this.#place);
    const suffix = `.${randomBytes(4).toString('hex')}`;
    const wanted = joined({ ...parts, fleet: opened(parts.fleet, secrets) });
    const next = await checkOverrides(settings, wanted, { suffix });
    const { fleet } = this.#partsOf(next.overrides);
    await putInForce(settings, running, { next, before, keep: () => this.#publish(next, fleet, undefined) });
    const names = namesChanged({}, fleet).join(', ');
    log.info(`PostgreSQL has taken over the settings of overrides.json: ${names}`);
  }

  /** What was changed at this gateway alone, before it shared its settings, can be looked up. */
  async #keepWhatWasOwn(last: Revision): Promise<boolean> {
    const { settings, log } = this.#given;
    const { fleet } = this.#partsOf(settings.overrides.value);
    if (Object.keys(fleet).length === 0 || isDeepStrictEqual(fleet, last.content.overrides)) return false;
    if (this.#taken) return false;
    const aside = await this.#copy.setAside();
    log.warn(
      `settings: what was changed at this gateway alone is not in force any more, because the gateways with this PostgreSQL have settings of their own; it is kept in ${aside}`,
    );
    return true;
  }

  async #isInForce(revision: Revision): Promise<void> {
    this.#current = revision;
    this.#given.store.sharedSettings = { revision: revision.revision, problem: null };
    await this.#mark(revision);
  }

  async #mark(taken: Taken): Promise<void> {
    this.#taken = taken;
    await this.#copy.mark(taken).catch((error: Error) => this.#given.log.warn(`settings: ${error.message}`));
  }

  /** The settings of all, and what this gateway has alone. A program in them is none of this gateway's. */
  #here(last: Revision | undefined, value: Overrides): Overrides {
    const { fleet } = last ? this.#partsOf(last.content.overrides) : this.#partsOf(value);
    return joined({ fleet, own: this.#partsOf(value).own });
  }

  #partsOf(value: Overrides): Parts {
    const { registry, filed } = this.#given.settings;
    return partsOf(value, { registry, written: filed.written });
  }

  get #place() {
    const { config, filed } = this.#given.settings;
    return { home: config.home, env: filed.env };
  }
}

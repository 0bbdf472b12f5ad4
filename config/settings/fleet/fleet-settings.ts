import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { FastifyBaseLogger } from 'fastify';
import type { Overrides } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { Secrets } from '../../../kits/secret-kit/index.ts';
import { storeLost } from '../../../kits/store-kit/store-lost.ts';
import type { SharedStore } from '../../../kits/store-kit/shared-store.ts';
import { TopicReader } from '../../../kits/store-kit/topic-reader.ts';
import { checkOverrides, putInForce, referringTo, type CheckedOverrides } from '../change-overrides.ts';
import type { LoadedSettings, Running } from '../running.ts';
import { opened } from '../seal-keys.ts';
import { FleetCopy, type Taken } from './fleet-copy.ts';
import { mustBeUsable } from './must-be-usable.ts';
import { namesChanged } from './names-changed.ts';
import { joined, partsOf, type Parts } from './own-part.ts';
import { openedKeys, sealedKeys } from './sealed-keys.ts';
import { SharingNodes } from './sharing-nodes.ts';
import { Outrun, SettingsTable, TOPIC, type Revision } from './settings-table.ts';

interface Given {
  readonly settings: LoadedSettings;
  readonly running: Running;
  readonly store: SharedStore;
  /** this gateway's name, as other gateways see it */
  readonly node: string;
  readonly log: Pick<FastifyBaseLogger, 'info' | 'warn'>;
}

type Change = (value: Overrides) => Overrides | Promise<Overrides>;

/** attempts at a change while other gateways keep changing the settings first */
const TRIES = 5;

/**
 * The overrides that gateways share. A change starts from the last shared revision, is checked here, and is written to
 * PostgreSQL before it applies. Each other gateway checks the new revision whole, and keeps its own if that is not valid there.
 */
export class FleetSettings {
  readonly #given: Given;
  readonly #table: SettingsTable;
  readonly #copy: FleetCopy;
  readonly #nodes: SharingNodes;
  readonly #reader: TopicReader;
  /** the revision in force here; undefined: none was read yet, or there is none */
  #current: Revision | undefined;
  /** the shared revision in `overrides.json`; undefined: that file is this gateway's alone */
  #taken: Taken | undefined;
  /** the revision that could not be applied here, and the config at that time */
  #refused: { readonly id: string; readonly filed: unknown } | undefined;

  constructor(given: Given) {
    const { store, settings, node } = given;
    this.#given = given;
    this.#table = new SettingsTable(store.postgres, node);
    this.#copy = new FleetCopy(settings.overrides.file);
    this.#nodes = new SharingNodes(this.#table, store, node);
    this.#reader = new TopicReader(store, TOPIC, () => this.#update());
  }

  /** Applies the shared revision, if PostgreSQL is reachable. */
  async begin(): Promise<void> {
    const { store } = this.#given;
    this.#taken = await this.#copy.taken();
    store.sharedSettings = { revision: this.#taken?.revision ?? 0, problem: null };
    if (store.problem === undefined) await this.#reader.read();
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
    // The config file may have changed: overrides that were saved into it stay in force at the other gateways.
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

  /** The last shared revision, or why it is not known. */
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
    // From here on it holds for all gateways, even if this one's file cannot be written.
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

  async #update(): Promise<void> {
    const { settings, store } = this.#given;
    try {
      const id = await this.#table.lastId();
      const isKnown = id !== undefined && id === this.#current?.id;
      const isRefused =
        id !== undefined && id === this.#refused?.id && settings.filed === this.#refused.filed;
      if (isKnown) store.sharedSettings = { revision: this.#current!.revision, problem: null };
      if (isKnown || isRefused) return;
      await settings.overrides.inTurn(() => this.#applyLast());
    } catch (error) {
      if (error instanceof Outrun) return void this.#reader.read();
      // The store reports that it is unreachable.
      if (store.problem === undefined)
        this.#tell(`those of all gateways cannot be read: ${(error as Error).message}`);
    } finally {
      this.#nodes.tell();
    }
  }

  async #applyLast(): Promise<void> {
    const { settings } = this.#given;
    const last = await this.#table.last();
    if (!last) return this.#import();
    if (last.id === this.#current?.id) return;
    const { value } = settings.overrides;
    // The overrides that were set aside may still refer to their secrets.
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

  /** PostgreSQL has no revision: this gateway's settings become the first. */
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

  /** Puts aside the changes that this gateway had alone, before it shared its settings. @returns whether there were any */
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
    this.#nodes.tell();
    await this.#mark(revision);
  }

  async #mark(taken: Taken): Promise<void> {
    this.#taken = taken;
    await this.#copy.mark(taken).catch((error: Error) => this.#given.log.warn(`settings: ${error.message}`));
  }

  /** The shared settings joined with those of this gateway alone. Local programs are never shared. */
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

import { randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { HEARTBEAT, LEAVE } from './heartbeat.ts';
import { connect, type Address, type Client } from './connect.ts';
import { Eviction } from './eviction.ts';
import { evaluate } from './evaluate.ts';
import { Subscriber, type OnMessage } from './subscriber.ts';
import { inTime } from './in-time.ts';
import { channelsOf, prefixed, type Script } from './script.ts';

/** Gateways that share a Redis, and the place of one among them. */
export interface Fleet {
  readonly nodes: number;
  readonly place: number;
}

interface Given extends Address {
  /** the last fleet that this gateway knew, from its earlier run; absent: none */
  readonly known?: Fleet | undefined;
  /** prefix of all names in Redis */
  readonly prefix: string;
  /** ms on a monotonic clock */
  readonly now: () => number;
  /** ms since 1970, by this gateway's clock */
  readonly date: () => number;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/** Redis's answer to a heartbeat. */
type Beat = [
  nodes: number,
  now: number,
  syncedByAll: number,
  place: number,
  version: number,
  born: number,
  fleet: string,
];

/** ms that the start waits for the first answer */
const PATIENCE_MS = 2_000;
/** ms between two heartbeats, and between two attempts to reconnect */
const BEAT_MS = 1_000;
/** ms without a heartbeat after which a gateway counts as gone */
const GONE_MS = 10_000;
/** ms without an answer after which connections are replaced: the name may lead to another server now */
const REPLACED_AFTER_MS = 5_000;

/**
 * Redis or Valkey, which several gateways share: one connection that runs scripts, and one for messages of the others.
 * While it is unreachable nothing waits for it: `isUp` is false until a heartbeat is answered. It also has the number of
 * gateways and Redis's time: clocks of gateways may differ, and jump.
 */
export class Redis {
  /** id of this process in the fleet */
  readonly node = randomUUID();
  isUp = false;
  /** why it is unreachable; undefined: it is reachable */
  problem: string | undefined = 'it has not answered yet';
  /** number of living gateways, this one included, and its place among them; Infinity: not known yet */
  nodes: number;
  place: number;
  /** number of scripts sent */
  commands = 0;
  /** Whether Redis has all counts of this gateway. */
  hasSynced: () => boolean = () => true;
  /** the version of the shared facts at the last heartbeat */
  factsVersion = 0;
  /** when its data began, by its own clock: a later time means that it has lost its data */
  bornEpochMs = 0;
  /** A random name that the gateways of this Redis share; undefined: not known yet. */
  fleet: string | undefined;
  /** ms that Redis's clock is ahead of the monotonic one */
  #offsetMs: number;
  /** by Redis's clock: since when it is reachable from here, and until when it has the counts of all gateways */
  #foundEpochMs = 0;
  #syncedEpochMs = 0;
  #client: Client;
  readonly #channels: string;
  readonly #given: Given;
  readonly #timer: NodeJS.Timeout;
  readonly #scripts = new Map<Script, Script>();
  readonly #foundListeners: (() => void)[] = [];
  readonly #beatListeners: (() => void)[] = [];
  readonly #subscriber: Subscriber;
  readonly #eviction: Eviction;
  /** time of the last answer, or of the last replacement of the connections, on the monotonic clock */
  #answeredMs: number;
  /** number of times that its connections were replaced */
  replaced = 0;
  #isClosed = false;
  #hasWarned = false;
  #hasRefused = false;
  /** It has never been unreachable. */
  #isNew = true;

  private constructor(client: Client, given: Given) {
    this.#client = client;
    this.#channels = channelsOf(given.prefix, client.options.database);
    this.#given = given;
    this.#subscriber = new Subscriber(() => this.#client.duplicate() as Client, this.#channels);
    this.#eviction = new Eviction((text) => given.log.warn(text));
    this.nodes = given.known?.nodes ?? Infinity;
    this.place = given.known?.place ?? 0;
    this.#offsetMs = given.date() - given.now();
    this.#answeredMs = given.now();
    this.#timer = setInterval(() => this.#tick(), BEAT_MS).unref();
  }

  /** @throws GatewayError `config_invalid` if it cannot be reached as the config says */
  static async open(given: Given): Promise<Redis> {
    const client = await connect(given);
    const redis = new Redis(client, given);
    redis.#connect();
    await redis.#first();
    return redis;
  }

  /** ms since 1970 by Redis's clock, wherever this machine's clock stands or jumps to */
  date(): number {
    return this.#given.now() + this.#offsetMs;
  }

  /** ms that Redis's clock is ahead of this machine's */
  get aheadMs(): number {
    return this.date() - this.#given.date();
  }

  /**
   * Runs a script. Rejects if no answer comes soon: the script may have run then.
   * @param values the script gets each as a text
   */
  async run(script: Script, values: readonly (string | number)[]): Promise<unknown> {
    this.commands++;
    const client = this.#client;
    try {
      return await inTime(evaluate(client, this.#own(script), values.map(String)));
    } catch (error) {
      if (client === this.#client) this.#lost((error as Error).message);
      throw error;
    }
  }

  /** Redis is reachable and complete: if it was away, each gateway has reported what happened meanwhile. */
  get isExact(): boolean {
    return this.isUp && this.#syncedEpochMs >= this.#foundEpochMs;
  }

  /** The number of gateways is not known yet, so this gateway has no share of a limit. */
  get isFleetUnknown(): boolean {
    return this.nodes === Infinity;
  }

  /** Requests are refused until that number is known. */
  get isWaitedFor(): boolean {
    return this.isFleetUnknown && this.#hasRefused;
  }

  /** why it may lose counts; undefined: it does not, by its own configuration */
  get evicts(): string | undefined {
    return this.#eviction.problem;
  }

  /** A request was refused because that number is not known. */
  refused(): void {
    this.#hasRefused = true;
  }

  /** It was emptied, or replaced by a server without its data: all counts are sent again. */
  hasForgotten(): void {
    this.#lost('it has lost its data');
    void this.#beat();
  }

  /** Calls it whenever Redis is reachable again. */
  onFound(listener: () => void): void {
    this.#foundListeners.push(listener);
    if (this.isUp) listener();
  }

  /** Calls it after each heartbeat, about once a second. */
  onBeat(listener: () => void): void {
    this.#beatListeners.push(listener);
  }

  /** Calls it with each text that is published on a channel, over a connection of its own. */
  subscribe(channel: string, listener: OnMessage): void {
    this.#subscriber.subscribe(channel, listener);
  }

  /** A further connection to the same Redis, which is not open yet, and the prefix of all names. */
  further(): { readonly client: Client; readonly prefix: string } {
    return { client: this.#client.duplicate() as Client, prefix: this.#given.prefix };
  }

  /** Close what still writes to it first. */
  async close(): Promise<void> {
    if (this.isUp) await this.run(LEAVE, [this.node]).catch(() => undefined);
    this.#isClosed = true;
    clearInterval(this.#timer);
    this.#subscriber.close();
    if (this.#client.isOpen) this.#client.destroy();
  }

  #own(script: Script): Script {
    let own = this.#scripts.get(script);
    if (!own) this.#scripts.set(script, (own = prefixed(script, this.#given.prefix, this.#channels)));
    return own;
  }

  #connect(): void {
    const client = this.#client;
    const lost = (error: Error): void => {
      if (client === this.#client) this.#lost(error.message);
    };
    client.on('error', lost);
    client.on('ready', () => void this.#beat());
    // The client reconnects by itself.
    client.connect().catch(lost);
  }

  #tick(): void {
    if (!this.isUp && this.#given.now() - this.#answeredMs > REPLACED_AFTER_MS) this.#replace();
    void this.#beat();
  }

  /** If the address leads to another server now, the old one may keep the connection open, refuse, or stay silent. */
  #replace(): void {
    const before = this.#client;
    this.replaced++;
    this.#answeredMs = this.#given.now();
    this.#client = before.duplicate() as Client;
    this.#connect();
    this.#subscriber.replace();
    if (before.isOpen) before.destroy();
  }

  /** Waits for the first answer, but not for long: the gateway starts without it, too. */
  async #first(): Promise<void> {
    const until = performance.now() + PATIENCE_MS;
    while (!this.isUp && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    if (!this.isUp) this.#warn();
  }

  async #beat(): Promise<void> {
    if (this.#isClosed || !this.#client.isReady) return;
    try {
      const { now: clock, log } = this.#given;
      const sentMs = clock();
      const syncedEpochMs = (this.isUp || this.#isNew) && this.hasSynced() ? Math.floor(this.date()) : 0;
      const answer = (await this.run(HEARTBEAT, [this.node, GONE_MS, syncedEpochMs, this.node])) as Beat;
      const [nodes, now, syncedByAll, place, version, born, fleet] = answer;
      if (this.isUp && born !== this.bornEpochMs) this.#lost('it has lost its data');
      this.bornEpochMs = born;
      this.fleet = fleet;
      this.#answeredMs = clock();
      this.nodes = nodes;
      this.place = place;
      this.#offsetMs = now - (sentMs + clock()) / 2;
      this.#syncedEpochMs = syncedByAll;
      // Redis's clock may have been set back.
      this.#foundEpochMs = Math.min(this.#foundEpochMs, now);
      this.factsVersion = version;
      this.#eviction.beat(this.#client, !this.isUp);
      for (const beat of this.#beatListeners) beat();
      if (this.isUp || this.#isClosed) return;
      this.isUp = true;
      this.#foundEpochMs = this.#isNew ? 0 : now;
      this.#isNew = false;
      if (this.#hasWarned) log.info('Redis answers again: limits are shared');
      this.#hasWarned = false;
      this.problem = undefined;
      for (const found of this.#foundListeners) found();
    } catch {
      // `run` has already recorded the failure.
    }
  }

  #lost(reason: string): void {
    const wasUp = this.isUp;
    this.isUp = false;
    this.problem = reason;
    if (wasUp && !this.#isClosed) this.#warn();
  }

  #warn(): void {
    this.#hasWarned = true;
    this.#given.log.warn(
      `Redis cannot be asked (${this.problem}): each gateway goes on with its share of the limits until it is back`,
    );
  }
}

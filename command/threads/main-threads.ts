import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { snapshotOf } from '../../config/read.ts';
import { settingsOfMain } from '../../config/settings/settings-of-main.ts';
import type { LoadedSettings } from '../../config/settings/running.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { SharedConcurrencyLimit } from '../../gateway/shared-concurrency-limit.ts';
import { SlotTable } from '../../gateway/slot-table.ts';
import type { Threads, ThreadsStanding } from '../../kits/feature-kit/index.ts';
import { shareIds } from '../../wire/request-id.ts';
import { takeConnections } from './hand-on.ts';
import type { Hear } from './link.ts';
import type { ToldAttempt, ToldBegin, ToldEnd, ToldSend } from './messages.ts';
import { Replay } from './replay-requests.ts';
import { RunningThread, type ThreadGiven } from './running-thread.ts';
import { tellRequests } from './tell-requests.ts';

interface Place extends Pick<ThreadGiven, 'host'> {
  /** sockets of threads of the process before this one */
  readonly fds: readonly number[];
}

/** ms: a thread that lives longer than that is started again at once when it ends */
const LONG_ENOUGH = 10_000;
/** ms between two starts of one that ends again and again */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 10_000];
/** ms that one may take to end whose requests were ended */
const LAST_WORDS = 2_000;

/** The threads of the gateway beside the main one, as that one sees them. */
export class MainThreads implements Threads {
  readonly isMain = true;
  readonly threads = this;
  readonly part;
  readonly count: number;
  readonly #module: URL;
  readonly #table: SlotTable;
  readonly #ids = shareIds();
  readonly #topics = new Map<string, Hear>();
  readonly #running = new Map<number, RunningThread>();
  readonly #hearLost: ((thread: number) => void)[] = [];
  /** One that ends keeps its number beside the one that takes its place. */
  readonly #numbers: readonly number[];
  /** those that will be started in a moment */
  #waiting = 0;
  #lost = 0;
  #lastLost: ThreadsStanding['lastLost'];
  #begun:
    | { readonly app: FastifyInstance; readonly gateway: Gateway<LoadedSettings>; readonly place: Place }
    | undefined;
  #isClosing = false;

  /** @param module what each of them runs */
  constructor(count: number, module: URL) {
    this.count = count;
    this.#module = module;
    this.#numbers = Array.from({ length: 2 * count - 1 }, (_, at) => at + 1);
    this.#table = new SlotTable(this.#places, 0);
    this.part = {
      threads: count,
      makeLimit: (limit: number, provider: string) =>
        new SharedConcurrencyLimit(limit, this.#table.row(provider)),
    };
  }

  /** where they listen */
  get sockets(): readonly number[] {
    return this.#answering.flatMap(({ fd }) => fd ?? []);
  }

  get standing(): ThreadsStanding {
    const running = 1 + this.#answering.filter(({ state }) => state === 'listening').length;
    return { wanted: this.count, running, lost: this.#lost, lastLost: this.#lastLost };
  }

  get #places(): number {
    return this.#numbers.length + 1;
  }

  tell(topic: string, value: unknown): void {
    for (const { link } of this.#running.values()) link.tell(topic, value);
  }

  /** One that cannot do as it was asked is replaced: it answers by what holds no more. */
  async ask(topic: string, value: unknown): Promise<readonly unknown[]> {
    const all = [...this.#running.values()].map(async (one) => {
      try {
        return [await one.link.ask(topic, value)];
      } catch (error) {
        if (this.#answering.includes(one)) this.#replace(one, (error as Error).message);
        return [];
      }
    });
    return (await Promise.all(all)).flat();
  }

  on(topic: string, hear: Hear): void {
    this.#topics.set(topic, hear);
  }

  onLost(hear: (thread: number) => void): void {
    this.#hearLost.push(hear);
  }

  /**
   * Starts them; settles when all of them listen.
   * @throws GatewayError `config_invalid` with the reason of one that does not
   */
  async begin(app: FastifyInstance, gateway: Gateway<LoadedSettings>, place: Place): Promise<void> {
    this.#begun = { app, gateway, place };
    const replay = new Replay(gateway);
    this.on('connection', takeConnections(app.server));
    this.on('begin', (told: ToldBegin, from) => replay.begin(told, from));
    this.on('send', (told: ToldSend, from) => {
      replay.send(told, from);
      if (told.isWatched) this.#tellOthers(from, 'probe', told.target);
    });
    this.on('attempt', (told: ToldAttempt, from) => {
      replay.attempt(told, from);
      this.#tellOthers(from, 'learn', told);
    });
    this.on('end', (told: ToldEnd, from) => replay.end(told, from));
    this.onLost((thread) => {
      for (const told of replay.lost(thread)) this.#tellOthers(thread, 'learn', told);
    });
    tellRequests(gateway.events, (context) => !replay.has(context), {
      send: ({ isWatched, target }) => isWatched && this.tell('probe', target),
      attempt: (told) => this.tell('learn', told),
    });
    const numbers = this.#numbers.slice(0, this.count - 1);
    try {
      await Promise.all(numbers.map((number) => this.#start(number, place.fds[number - 1])));
    } catch (error) {
      this.#isClosing = true;
      await Promise.all([...this.#running.values()].map((one) => one.terminate('another one did not start')));
      await app.close();
      throw error;
    }
  }

  /** They take no new requests, and end once the running ones have. */
  async close(): Promise<void> {
    await this.#endAll('close');
  }

  /** What runs ends now, and its clients are told why. */
  endNow(): void {
    this.tell('endNow', undefined);
    setTimeout(() => {
      for (const one of this.#running.values()) void one.terminate('it did not end');
    }, LAST_WORDS).unref();
  }

  /** Another process has taken over. */
  async retire(): Promise<void> {
    await this.#endAll('retire');
  }

  async #endAll(topic: 'close' | 'retire'): Promise<void> {
    this.#isClosing = true;
    const all = [...this.#running.values()];
    for (const one of all) one.end(topic);
    await Promise.all(all.map(({ ended }) => ended));
  }

  /** It takes no new requests, and ends with its last answer. */
  #replace(one: RunningThread, why: string): void {
    this.#begun?.app.log.error(`thread ${one.number} is replaced: ${why}`);
    one.end('retire');
    void this.#fill();
  }

  #tellOthers(than: number, topic: string, value: unknown): void {
    for (const [thread, { link }] of this.#running) if (thread !== than) link.tell(topic, value);
  }

  /**
   * @param isAnother it is not of the first ones: what they started with may hold no more
   * @throws GatewayError `config_invalid` with the reason why it does not listen
   */
  #start(number: number, fd?: number, isAnother = false): Promise<void> {
    const { app, gateway, place } = this.#begun!;
    const { port } = app.server.address() as { port: number };
    const given: ThreadGiven = {
      number,
      threads: this.count,
      places: this.#places,
      slots: this.#table.cells,
      ids: this.#ids,
      pulse: new SharedArrayBuffer(4),
      begun: snapshotOf(gateway.settings.begun)!,
      host: place.host,
      port,
      fd,
      found: [...gateway.upstreams.keys()],
    };
    const one = new RunningThread(this.#module, given, { topics: this.#topics, log: app.log });
    this.#running.set(number, one);
    void one.ended.then((why) => this.#ended(one, why));
    if (isAnother) one.link.tell('config', settingsOfMain(gateway.settings, gateway.upstreams));
    return one.listens;
  }

  #ended(one: RunningThread, why: string): void {
    const { number } = one;
    this.#table.free(number);
    for (const hear of this.#hearLost) hear(number);
    this.#running.delete(number);
    if (this.#isClosing || one.state === 'starting') return;
    if (one.state !== 'ending') {
      this.#lost++;
      this.#lastLost = { thread: number, why, atEpochMs: Date.now() };
      this.#begun?.app.log.error(
        `thread ${number} has ended, and its requests with it (${why}): another one is started`,
      );
    }
    void this.#fill(one.sinceMs);
  }

  /** Starts as many as there are too few. @param sinceMs when the one began that has ended */
  async #fill(sinceMs = -Infinity): Promise<void> {
    const { log } = this.#begun!.app;
    let pause = performance.now() - sinceMs > LONG_ENOUGH ? 0 : FIRST_PAUSE;
    while (!this.#isClosing && this.#answering.length + this.#waiting < this.count - 1) {
      this.#waiting++;
      await sleep(pause, undefined, { ref: false });
      this.#waiting--;
      const number = this.#numbers.find((one) => !this.#running.has(one));
      // With the end of one that still has answers there is.
      if (this.#isClosing || number === undefined) return;
      await this.#start(number, undefined, true).catch((error: Error) => log.error(error.message));
      pause = Math.min(LONGEST_PAUSE, 2 * pause || FIRST_PAUSE);
    }
  }

  get #answering(): readonly RunningThread[] {
    return [...this.#running.values()].filter(({ state }) => state === 'starting' || state === 'listening');
  }
}

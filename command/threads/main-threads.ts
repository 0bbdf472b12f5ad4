import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../../core/errors.ts';
import type { Gateway } from '../../gateway/gateway.ts';
import { SharedConcurrencyLimit } from '../../gateway/shared-concurrency-limit.ts';
import { SlotTable } from '../../gateway/slot-table.ts';
import type { Threads } from '../../kits/feature-kit/index.ts';
import { shareIds, type SharedIds } from '../../wire/request-id.ts';
import { takeConnections } from './hand-on.ts';
import { Link, type Hear } from './link.ts';
import type { ToldAttempt, ToldBegin, ToldEnd, ToldSend } from './messages.ts';
import { Replay } from './replay-requests.ts';
import { tellRequests } from './tell-requests.ts';

/** What a thread is started with. */
export interface ThreadGiven {
  /** from 1: the main thread is 0 */
  readonly number: number;
  readonly threads: number;
  readonly slots: SharedArrayBuffer;
  readonly ids: SharedIds;
  readonly file: string | undefined;
  readonly host: string;
  readonly port: number;
  /** a socket that listens already */
  readonly fd: number | undefined;
  /** names of the providers that there are */
  readonly found: readonly string[];
}

interface Place extends Pick<ThreadGiven, 'file' | 'host'> {
  /** sockets of threads of the process before this one */
  readonly fds: readonly number[];
}

interface Running {
  readonly worker: Worker;
  readonly link: Link;
  readonly sinceMs: number;
  /** where it listens; undefined: not yet */
  fd?: number;
  /** It was told to end. */
  isEnding: boolean;
  readonly ended: Promise<void>;
}

/** ms: a thread that lives longer than that is started again at once when it ends */
const LONG_ENOUGH = 10_000;
/** ms between two starts of one that ends again and again */
const [FIRST_PAUSE, LONGEST_PAUSE] = [100, 10_000];

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
  readonly #running = new Map<number, Running>();
  readonly #lost: ((thread: number) => void)[] = [];
  #begun: { readonly app: FastifyInstance; readonly gateway: Gateway; readonly place: Place } | undefined;
  #isClosing = false;

  /** @param module what each of them runs */
  constructor(count: number, module: URL) {
    this.count = count;
    this.#module = module;
    this.#table = new SlotTable(count, 0);
    this.part = {
      threads: count,
      makeLimit: (limit: number, provider: string) =>
        new SharedConcurrencyLimit(limit, this.#table.row(provider)),
    };
  }

  /** where they listen */
  get sockets(): readonly number[] {
    return [...this.#running.values()].flatMap(({ fd }) => fd ?? []);
  }

  tell(topic: string, value: unknown): void {
    for (const { link } of this.#running.values()) link.tell(topic, value);
  }

  /** One that cannot do as it was asked is replaced: it answers by what holds no more. */
  async ask(topic: string, value: unknown): Promise<readonly unknown[]> {
    const all = [...this.#running].map(async ([thread, one]) => {
      try {
        return [await one.link.ask(topic, value)];
      } catch (error) {
        if (!one.isEnding) this.#replace(thread, one, (error as Error).message);
        return [];
      }
    });
    return (await Promise.all(all)).flat();
  }

  on(topic: string, hear: Hear): void {
    this.#topics.set(topic, hear);
  }

  onLost(hear: (thread: number) => void): void {
    this.#lost.push(hear);
  }

  /**
   * Starts them; settles when all of them listen.
   * @throws GatewayError `config_invalid` with the reason of one that does not
   */
  async begin(app: FastifyInstance, gateway: Gateway, place: Place): Promise<void> {
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
    this.onLost((thread) => replay.lost(thread));
    tellRequests(gateway.events, (context) => !replay.has(context), {
      send: ({ isWatched, target }) => isWatched && this.tell('probe', target),
      attempt: (told) => this.tell('learn', told),
    });
    const numbers = Array.from({ length: this.count - 1 }, (_, at) => at + 1);
    try {
      await Promise.all(numbers.map((number) => this.#start(number, place.fds[number - 1])));
    } catch (error) {
      this.#isClosing = true;
      await Promise.all([...this.#running.values()].map(({ worker }) => worker.terminate()));
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
  }

  /** Another process has taken over. */
  async retire(): Promise<void> {
    await this.#endAll('retire');
  }

  async #endAll(topic: 'close' | 'retire'): Promise<void> {
    this.#isClosing = true;
    this.tell(topic, undefined);
    const all = [...this.#running.values()];
    for (const one of all) one.isEnding = true;
    await Promise.all(all.map(({ ended }) => ended));
  }

  #replace(thread: number, one: Running, why: string): void {
    this.#begun?.app.log.error(`thread ${thread} is replaced: ${why}`);
    one.isEnding = true;
    one.link.tell('retire', undefined);
  }

  #tellOthers(than: number, topic: string, value: unknown): void {
    for (const [thread, { link }] of this.#running) if (thread !== than) link.tell(topic, value);
  }

  #start(number: number, fd?: number): Promise<void> {
    const { app, gateway, place } = this.#begun!;
    const { port } = app.server.address() as { port: number };
    const given: ThreadGiven = {
      number,
      threads: this.count,
      slots: this.#table.cells,
      ids: this.#ids,
      file: place.file,
      host: place.host,
      port,
      fd,
      found: [...gateway.upstreams.keys()],
    };
    const listens = Promise.withResolvers<void>();
    const ends = Promise.withResolvers<void>();
    const worker = new Worker(this.#module, { name: `thread ${number}`, workerData: given });
    const listening = (socket: number): void => {
      one.fd = socket;
      listens.resolve();
    };
    const link = new Link(
      worker,
      (topic) => (topic === 'listening' ? listening : this.#topics.get(topic)),
      number,
    );
    const one: Running = { worker, link, sinceMs: performance.now(), isEnding: false, ended: ends.promise };
    this.#running.set(number, one);
    let why = 'it ended';
    worker.on('error', (error: Error) => {
      why = error.message;
      app.log.error({ err: error }, `thread ${number} has failed`);
    });
    worker.on('exit', () => {
      link.over();
      ends.resolve();
      listens.reject(
        new GatewayError('config_invalid', `server.threads: thread ${number} did not start: ${why}`),
      );
      this.#table.free(number);
      for (const hear of this.#lost) hear(number);
      if (this.#running.get(number) !== one) return;
      this.#running.delete(number);
      if (this.#isClosing || one.fd === undefined) return;
      if (!one.isEnding)
        app.log.error(
          `thread ${number} has ended, and its requests with it (${why}): another one is started`,
        );
      void this.#restart(number, one.sinceMs);
    });
    return listens.promise;
  }

  async #restart(number: number, sinceMs: number): Promise<void> {
    const { log } = this.#begun!.app;
    let pause = performance.now() - sinceMs > LONG_ENOUGH ? 0 : FIRST_PAUSE;
    while (!this.#isClosing) {
      await sleep(pause, undefined, { ref: false });
      if (this.#isClosing) return;
      const started = await this.#start(number).then(
        () => true,
        (error: Error) => void log.error(error.message),
      );
      if (started) return;
      pause = Math.min(LONGEST_PAUSE, 2 * pause || FIRST_PAUSE);
    }
  }
}

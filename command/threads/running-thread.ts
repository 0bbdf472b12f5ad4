import { Worker } from 'node:worker_threads';
import type { FastifyBaseLogger } from 'fastify';
import type { ConfigSnapshot } from '../../config/read.ts';
import { GatewayError } from '../../core/errors.ts';
import type { SharedIds } from '../../wire/request-id.ts';
import { Link, type Hear } from './link.ts';
import { watchPulse } from './pulse.ts';

/** What a thread is started with. */
export interface ThreadGiven {
  /** from 1: the main thread is 0 */
  readonly number: number;
  readonly threads: number;
  /** how many numbers there are */
  readonly places: number;
  readonly slots: SharedArrayBuffer;
  readonly ids: SharedIds;
  /** the beats by which it shows that it turns */
  readonly pulse: SharedArrayBuffer;
  /** what the main thread has started with */
  readonly begun: ConfigSnapshot;
  readonly host: string;
  readonly port: number;
  /** a socket that listens already */
  readonly fd: number | undefined;
  /** names of the providers that there are */
  readonly found: readonly string[];
}

interface Around {
  /** what hears of a topic in the main thread */
  readonly topics: ReadonlyMap<string, Hear>;
  readonly log: FastifyBaseLogger;
}

/** Another thread, as the main one sees it. */
export class RunningThread {
  readonly number: number;
  readonly link: Link;
  readonly sinceMs = performance.now();
  /** @throws GatewayError `config_invalid` with the reason why it never will */
  readonly listens: Promise<void>;
  /** settles with the reason */
  readonly ended: Promise<string>;
  /** `ending`: it was told to; `failed`: it ends by itself */
  state: 'starting' | 'listening' | 'ending' | 'failed' = 'starting';
  /** where it listens; undefined: not yet */
  fd: number | undefined;
  readonly #worker: Worker;
  #why = 'it ended';
  #unwatch: (() => void) | undefined;

  constructor(module: URL, given: ThreadGiven, { topics, log }: Around) {
    const { number, pulse } = given;
    const listens = Promise.withResolvers<void>();
    const ends = Promise.withResolvers<string>();
    this.number = number;
    this.listens = listens.promise;
    this.ended = ends.promise;
    const worker = new Worker(module, { name: `thread ${number}`, workerData: given });
    this.#worker = worker;
    const own: Record<string, Hear> = {
      listening: (fd: number) => {
        this.fd = fd;
        if (this.state === 'starting') this.state = 'listening';
        this.#unwatch = watchPulse(pulse, (seconds) => {
          void this.terminate(`it has not answered for ${seconds} s`);
        });
        listens.resolve();
      },
      fell: (error: Pick<Error, 'message' | 'stack'>) => {
        this.state = 'failed';
        this.#why = error.message;
        log.error({ err: error }, `thread ${number} has failed, and ends its requests`);
      },
    };
    this.link = new Link(worker, (topic) => own[topic] ?? topics.get(topic), number);
    worker.on('error', (error: Error) => {
      this.#why = error.message;
      log.error({ err: error }, `thread ${number} has failed`);
    });
    worker.on('exit', () => {
      this.#unwatch?.();
      this.link.over();
      const why = `server.threads: thread ${number} did not start: ${this.#why}`;
      listens.reject(new GatewayError('config_invalid', why));
      ends.resolve(this.#why);
    });
  }

  /** It takes no new requests. */
  end(topic: 'close' | 'retire'): void {
    if (this.state !== 'failed') this.state = 'ending';
    this.link.tell(topic, undefined);
  }

  /** At once, whatever it does. */
  async terminate(why: string): Promise<void> {
    this.#why = why;
    await this.#worker.terminate();
  }
}

import type { Client } from './connect.ts';
import { evaluate } from './evaluate.ts';
import { inTime } from './in-time.ts';
import type { Redis } from './redis.ts';
import { prefixed, type Script } from './script.ts';

/** Texts of an answer come as bytes: `$` is their sign in Redis's protocol. */
const AS_BYTES = { typeMapping: { ['$'.charCodeAt(0)]: Buffer } };
/** ms after which a connection that has not answered is replaced */
const REPLACED_AFTER_MS = 5_000;

/**
 * A connection for large values, so that the scripts of limits do not wait behind them. After a late answer nothing is asked
 * until it has arrived, or the connection was replaced.
 */
export class BulkConnection {
  readonly #redis: Redis;
  readonly #scripts = new Map<Script, Script>();
  #client: Client;
  #prefix: string;
  /** how often the connections of scripts had been replaced when this one was opened */
  #replaced: number;
  /** since when an answer is late, on the clock of `performance.now()` */
  #lateSinceMs: number | undefined;

  constructor(redis: Redis) {
    this.#redis = redis;
    this.#replaced = redis.replaced;
    ({ client: this.#client, prefix: this.#prefix } = this.#opened());
  }

  /** why it is unavailable; undefined: it is available */
  get problem(): string | undefined {
    if (this.#redis.problem !== undefined) return this.#redis.problem;
    if (this.#lateSinceMs !== undefined) return 'it answers too late';
    return this.#client.isReady ? undefined : 'it is not connected yet';
  }

  /** @throws that it cannot be asked, or does not answer in time: whether the script has run then is not known */
  async run(script: Script, values: readonly (string | number | Uint8Array)[]): Promise<unknown> {
    this.#replaceIfLate();
    const { problem } = this;
    if (problem !== undefined) throw new Error(problem);
    const client = this.#client;
    const answer = evaluate(client, this.#own(script), values.map(asSent), AS_BYTES);
    let isHere = false;
    const arrived = (): void => {
      isHere = true;
      if (client === this.#client) this.#lateSinceMs = undefined;
    };
    answer.then(arrived, arrived);
    try {
      return await inTime(answer);
    } catch (error) {
      if (!isHere && client === this.#client) this.#lateSinceMs ??= performance.now();
      throw error;
    }
  }

  close(): void {
    if (this.#client.isOpen) this.#client.destroy();
  }

  #own(script: Script): Script {
    let own = this.#scripts.get(script);
    if (!own) this.#scripts.set(script, (own = prefixed(script, this.#prefix)));
    return own;
  }

  #opened(): { readonly client: Client; readonly prefix: string } {
    const further = this.#redis.further();
    further.client.on('error', () => undefined);
    // It keeps trying by itself.
    further.client.connect().catch(() => undefined);
    return further;
  }

  #replaceIfLate(): void {
    const { replaced } = this.#redis;
    const isLate =
      this.#lateSinceMs !== undefined && performance.now() - this.#lateSinceMs >= REPLACED_AFTER_MS;
    if (!isLate && replaced === this.#replaced) return;
    this.#lateSinceMs = undefined;
    this.#replaced = replaced;
    const before = this.#client;
    ({ client: this.#client } = this.#opened());
    if (before.isOpen) before.destroy();
  }
}

/** The same bytes, not a copy. */
const asSent = (value: string | number | Uint8Array): string | Buffer =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : String(value);

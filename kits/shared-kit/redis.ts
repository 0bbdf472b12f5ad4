import { createHash, randomUUID } from 'node:crypto';
import type { FastifyBaseLogger } from 'fastify';
import { GatewayError } from '../../core/errors.ts';

/** A script of Redis in Lua, which runs in one step. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export const scriptOf = (text: string): Script => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});

interface Given {
  readonly url: string;
  /** ms since 1970, by this gateway's clock */
  readonly date: () => number;
  readonly log: Pick<FastifyBaseLogger, 'warn' | 'info'>;
}

/** ms that a script may take, until Redis counts as lost */
const PATIENCE_MS = 500;
/** ms between two signs of life, and between two tries to find it again */
const BEAT_MS = 1_000;
/** ms without a sign of life after which a gateway counts as gone */
const GONE_MS = 10_000;
const RECONNECT_MS = { least: 50, most: 1_000 };

type Client = Awaited<ReturnType<typeof connect>>;

/**
 * One connection to Redis. While it is lost nothing waits for it: `isUp` is false until a sign of life comes back. It also
 * knows how many gateways there are, and what time Redis has: clocks of gateways may differ.
 */
export class Redis {
  /** this process, for the others */
  readonly node = randomUUID();
  isUp = false;
  /** why it cannot be asked; undefined: it can */
  problem: string | undefined = 'it has not answered yet';
  /** gateways that show signs of life, this one included */
  nodes = 1;
  /** ms that Redis's clock is ahead of ours */
  aheadMs = 0;
  /** Whether Redis has been told all that it is to know of this gateway. */
  hasTold: () => boolean = () => true;
  /** by Redis's clock: since when this gateway can ask it, and until when all gateways have told it everything */
  #foundEpochMs = 0;
  #toldEpochMs = 0;
  readonly #client: Client;
  readonly #given: Given;
  readonly #timer: NodeJS.Timeout;
  readonly #foundListeners: (() => void)[] = [];
  readonly #beatListeners: (() => void)[] = [];
  #isClosed = false;
  #hasWarned = false;
  /** It has never been lost. */
  #isNew = true;

  private constructor(client: Client, given: Given) {
    this.#client = client;
    this.#given = given;
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS).unref();
  }

  /** @throws GatewayError `config_invalid` if its package is missing, or the URL is none */
  static async open(given: Given): Promise<Redis> {
    const client = await connect(given.url);
    const redis = new Redis(client, given);
    client.on('error', (error: Error) => redis.#lost(error.message));
    client.on('ready', () => void redis.#beat());
    // It keeps trying by itself.
    client.connect().catch((error: Error) => redis.#lost(error.message));
    await redis.#first();
    return redis;
  }

  /**
   * Runs a script, and rejects if no answer comes soon: whether it has run then is not known.
   * @param values each is a text to the script
   */
  async run(script: Script, values: readonly (string | number)[]): Promise<unknown> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(new Error('it does not answer')), PATIENCE_MS);
    try {
      return await Promise.race([this.#evaluated(script, values.map(String)), late.promise]);
    } catch (error) {
      this.#lost((error as Error).message);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Redis can be asked, and knows all: if it was away, each gateway has told it what happened meanwhile. */
  get isExact(): boolean {
    return this.isUp && this.#toldEpochMs >= this.#foundEpochMs;
  }

  /** Calls it whenever Redis can be asked again. */
  onFound(listener: () => void): void {
    this.#foundListeners.push(listener);
  }

  /** Calls it after each sign of life, about once a second. */
  onBeat(listener: () => void): void {
    this.#beatListeners.push(listener);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    if (this.#client.isOpen) this.#client.destroy();
  }

  async #evaluated({ sha, text }: Script, values: readonly string[]): Promise<unknown> {
    try {
      return await this.#client.sendCommand(['EVALSHA', sha, '0', ...values]);
    } catch (error) {
      // It was started again, or never had it.
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return this.#client.sendCommand(['EVAL', text, '0', ...values]);
    }
  }

  /** Waits for the first sign of life, but not for long: the gateway starts without it, too. */
  async #first(): Promise<void> {
    const until = Date.now() + PATIENCE_MS;
    while (!this.isUp && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    if (!this.isUp) this.#warn();
  }

  async #beat(): Promise<void> {
    if (this.#isClosed || !this.#client.isReady) return;
    try {
      const { date, log } = this.#given;
      const sent = date();
      const told = this.isUp && this.hasTold() ? Math.floor(sent + this.aheadMs) : 0;
      const answer = (await this.run(BEAT, [this.node, GONE_MS, told])) as [number, number, number];
      const [nodes, now, toldByAll] = answer;
      this.nodes = nodes;
      this.aheadMs = now - (sent + date()) / 2;
      this.#toldEpochMs = toldByAll;
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
      // That it is lost is known by now.
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

/**
 * A sign of life. ARGV: the gateway's id, ms without one after which a gateway is gone, and until when (by this clock) it has
 * told everything; 0: it has not.
 * @returns how many gateways there are, what time it is, and until when all of them have told everything
 */
const BEAT = scriptOf(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local all, told = 'switchyard:nodes', 'switchyard:told'
local newest = redis.call('ZREVRANGE', all, 0, 0, 'WITHSCORES')
if newest[2] and now - newest[2] > ARGV[2] / 3 then
  -- Nothing came from anywhere: Redis itself was away, and each gateway gets its time again.
  for _, node in ipairs(redis.call('ZRANGE', all, 0, -1)) do redis.call('ZADD', all, now, node) end
end
redis.call('ZADD', all, now, ARGV[1])
for _, node in ipairs(redis.call('ZRANGEBYSCORE', all, '-inf', now - ARGV[2])) do
  redis.call('ZREM', all, node)
  redis.call('ZREM', told, node)
end
if ARGV[3] ~= '0' then redis.call('ZADD', told, ARGV[3], ARGV[1]) end
local least = now
for _, node in ipairs(redis.call('ZRANGE', all, 0, -1)) do
  least = math.min(least, tonumber(redis.call('ZSCORE', told, node) or 0))
end
return { redis.call('ZCARD', all), now, least }
`);

async function connect(url: string) {
  const { createClient } = await loaded();
  try {
    return createClient({
      url,
      disableOfflineQueue: true,
      socket: {
        connectTimeout: 2_000,
        reconnectStrategy: (tries) => Math.min(RECONNECT_MS.least * 2 ** tries, RECONNECT_MS.most),
      },
    });
  } catch (error) {
    throw new GatewayError('config_invalid', `auth.shared.url: ${(error as Error).message}`);
  }
}

async function loaded() {
  try {
    return await import('@redis/client');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new GatewayError(
      'config_invalid',
      "auth.shared.use: 'redis' needs the package @redis/client, an optional dependency that is not installed: run npm install",
    );
  }
}

import { isDeepStrictEqual } from 'node:util';
import type { FastifyInstance } from 'fastify';
import fastifyPlugin from 'fastify-plugin';
import type { FeaturePlugin, GatewayConfig, GatewayEvents, Host } from '../core/contracts/index.ts';
import { create, type HostParts } from './mount.ts';
import { Recording } from './recording.ts';
import type { Renew, Swapped } from './renewable.ts';

/** A feature or surface, as a config wants it. */
export interface Wanted {
  /** `feature NAME` or `surface NAME` */
  readonly name: string;
  readonly plugin: FeaturePlugin;
  readonly options: Record<string, unknown>;
}

/** What a plugin can read of the gateway's own config and environment. */
export type Readable = Pick<Host, 'config' | 'env'>;

/** What the next config makes of the features; nothing of it is in force yet. */
export interface PlannedFeatures {
  /** names of those that are made, made again, or gone */
  readonly changed: readonly string[];
  /** From now on they are in force. Those that they replace are closed once the requests that use them have ended. */
  readonly apply: () => void;
  /** Closes what was made. */
  readonly discard: () => Promise<void>;
}

interface Mounted extends Wanted {
  readonly recording: Recording;
  /** the first app that it was a part of */
  since: number;
  /** whether something that it has read is otherwise now */
  readonly isOutdated: (next: Readable) => boolean;
  readonly begin: () => void;
  readonly hearNothing: () => void;
  /** Runs its `preClose` hooks, once. */
  readonly stop: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** ms after which a replaced feature is closed whatever still runs: as long as a request may take */
const LONGEST = 30 * 60_000;

/** The features and surfaces that run, so that another config replaces only those that it has otherwise. */
export class RunningFeatures {
  readonly #parts: HostParts;
  readonly #listening: FastifyInstance;
  readonly #others: Recording;
  #mounted: readonly Mounted[] = [];
  readonly #retired = new Set<Mounted>();

  /** @param others what toolchains and providers have registered */
  constructor(listening: FastifyInstance, others: Recording, parts: HostParts) {
    this.#listening = listening;
    this.#others = others;
    this.#parts = parts;
  }

  /** At the start: each is made in its place in the order of the boot, and is in force at once. */
  mount(one: Wanted, app: FastifyInstance = this.#listening): void {
    const make = async (instance: FastifyInstance): Promise<void> => {
      const mounted = await this.#make(one, instance, this.#parts.shared);
      this.#mounted = [...this.#mounted, mounted];
      mounted.begin();
    };
    app.register(fastifyPlugin(make, { name: `switchyard:${one.name}`, fastify: '5.x' }));
  }

  /**
   * After all others: what was made last is closed first, before what they use. A boot that fails leaves this out, so
   * an earlier hook must call `close`, too.
   */
  closeWith(app: FastifyInstance): void {
    const hooks = async (instance: FastifyInstance): Promise<void> => {
      instance.addHook('preClose', async () => {
        for (const one of [...this.#retired, ...this.#mounted]) await one.stop();
      });
      instance.addHook('onClose', () => this.close());
    };
    app.register(fastifyPlugin(hooks, { name: 'switchyard:features', fastify: '5.x' }));
  }

  /** Closes each that is still open. */
  async close(): Promise<void> {
    const open = [...this.#retired, ...this.#mounted].toReversed();
    this.#retired.clear();
    this.#mounted = [];
    for (const one of open) {
      await one.stop();
      await one.close();
    }
  }

  /**
   * Builds a fresh app: with new features where a plugin, its options or what it has read of the config has changed, and
   * otherwise with what the old ones have registered.
   * @returns undefined: nothing has changed
   * @throws what a plugin throws: then nothing has changed
   */
  async plan(
    wanted: readonly Wanted[],
    next: Readable & { readonly renew: Renew; readonly frame: (app: FastifyInstance) => void },
  ): Promise<PlannedFeatures | undefined> {
    const before = new Map(this.#mounted.map((one) => [one.name, one]));
    const keeps = (one: Wanted): Mounted | undefined => {
      const old = before.get(one.name);
      const takes = one.plugin.isLive === true || isDeepStrictEqual(old?.options, one.options);
      const isSame = takes && old?.plugin === one.plugin;
      return isSame && !old.isOutdated(next) ? old : undefined;
    };
    const kept = wanted.map(keeps);
    const gone = this.#mounted.filter((one) => !kept.includes(one));
    if (kept.every((one) => one !== undefined) && gone.length === 0) return undefined;
    const made: Mounted[] = [];
    const discard = async (): Promise<void> => {
      for (const one of made.toReversed()) {
        await one.stop();
        await one.close();
      }
    };
    const shared = { ...this.#parts.shared, config: next.config, env: next.env };
    const all: Mounted[] = [];
    const build = async (app: FastifyInstance): Promise<void> => {
      next.frame(app);
      await this.#others.replay(app);
      for (const [at, one] of wanted.entries()) {
        const mount = async (instance: FastifyInstance): Promise<void> => {
          const old = kept[at];
          if (old) await old.recording.replay(instance);
          const mounted = old ?? (await this.#make(one, instance, shared));
          if (!old) made.push(mounted);
          all.push(mounted);
        };
        app.register(fastifyPlugin(mount, { name: `switchyard:${one.name}`, fastify: '5.x' }));
      }
    };
    const { app, swap } = await next
      .renew({ bodyLimit: next.config.server.bodyLimit }, build)
      .catch(async (error: Error) => {
        await discard();
        throw error;
      });
    const names = new Set([...made, ...gone].map(({ name }) => name));
    return { changed: [...names], discard, apply: () => this.#apply(app, all, { made, gone, swap }) };
  }

  #apply(
    app: FastifyInstance,
    all: readonly Mounted[],
    { made, gone, swap }: { made: readonly Mounted[]; gone: readonly Mounted[]; swap: () => Swapped },
  ): void {
    for (const one of gone) this.#retired.add(one);
    this.#mounted = all;
    for (const { recording } of [...all, { recording: this.#others }]) recording.moveTo(app);
    for (const one of gone) one.hearNothing();
    for (const one of made) one.begin();
    const { nth, endedFrom } = swap();
    for (const one of made) one.since = nth;
    for (const [since, those] of Map.groupBy(gone.toReversed(), (one) => one.since))
      this.#closeAfter(endedFrom(since), those);
  }

  /** @param ended settles when no request that runs uses them any more */
  #closeAfter(ended: Promise<void>, those: readonly Mounted[]): void {
    const close = async (): Promise<void> => {
      clearTimeout(late);
      for (const one of those) await this.#close(one);
    };
    const late = setTimeout(() => void close(), LONGEST).unref();
    // What still runs after the longest time is not cut short: the `preClose` hooks run when it has ended.
    void ended.then(async () => {
      for (const one of those) await this.#told(one, one.stop);
      await close();
    });
  }

  async #close(one: Mounted): Promise<void> {
    if (this.#retired.delete(one)) await this.#told(one, one.close);
  }

  /** A failure is logged: nothing waits for it. */
  async #told({ name }: Mounted, end: () => Promise<void>): Promise<void> {
    await end().catch((error: Error) => this.#listening.log.error({ err: error }, `${name} did not close`));
  }

  async #make(one: Wanted, app: FastifyInstance, shared: HostParts['shared']): Promise<Mounted> {
    const { name, plugin, options } = one;
    const log = this.#listening.log.child({ plugin: name });
    const recording = new Recording(app, this.#listening);
    const late = new LateEvents(() => this.#parts.subscriber(log));
    const { config, env, isOutdated } = tracked(shared);
    const host: Host = { ...shared, config, env, events: late.events, app: recording.app, log };
    const made = (await create(plugin, options, host, name)) ?? {};
    let stopped: Promise<void> | undefined;
    const runStopping = async (): Promise<void> => {
      for (const { hook, run } of recording.closing) if (hook === 'preClose') await run();
    };
    const close = async (): Promise<void> => {
      for (const { hook, run } of recording.closing.toReversed()) if (hook === 'onClose') await run();
      await made.close?.();
      late.end();
    };
    return {
      ...one,
      recording,
      since: 0,
      isOutdated,
      begin: () => late.begin(),
      hearNothing: () => late.end(),
      stop: () => (stopped ??= runStopping()),
      close,
    };
  }
}

type Subscribed = Required<Omit<GatewayEvents, 'onInForce'>> & { close(): void };

/** Subscriptions that begin when their plugin is in force: its predecessor hears everything until then. */
class LateEvents {
  readonly events: GatewayEvents;
  readonly #open: () => Subscribed;
  readonly #inForce: ((isInForce: boolean) => void)[] = [];
  #waiting: [name: keyof Subscribed, listener: never][] | undefined = [];
  #real: Subscribed | undefined;

  constructor(open: () => Subscribed) {
    this.#open = open;
    const on = (name: keyof Subscribed) => (listener: unknown) => {
      if (this.#real) this.#real[name](listener as never);
      else this.#waiting?.push([name, listener as never]);
    };
    this.events = {
      onInForce: (listener) => void this.#inForce.push(listener),
      onRequest: on('onRequest'),
      onSend: on('onSend'),
      onAttempt: on('onAttempt'),
      onEnd: on('onEnd'),
      onProviderState: on('onProviderState'),
      onProviderProgress: on('onProviderProgress'),
      onConfig: on('onConfig'),
    };
  }

  begin(): void {
    this.#real = this.#open();
    for (const [name, listener] of this.#waiting ?? []) this.#real[name](listener);
    this.#waiting = undefined;
    for (const listener of this.#inForce) listener(true);
  }

  /** Its successor is in force, or nothing is in its place. */
  end(): void {
    this.#waiting = undefined;
    this.#real?.close();
    for (const listener of this.#inForce.splice(0)) listener(false);
  }
}

/** What a plugin reads of the config is what it depends on. */
function tracked({ config, env }: Readable): Readable & Pick<Mounted, 'isOutdated'> {
  const sections = new Set<keyof GatewayConfig>();
  const variables = new Set<string>();
  const isOutdated: Mounted['isOutdated'] = (next) =>
    [...sections].some((name) => !isDeepStrictEqual(config[name], next.config[name])) ||
    [...variables].some((name) => env[name] !== next.env[name]);
  return {
    config: reading(config, (name) => sections.add(name as keyof GatewayConfig)),
    env: reading(env, (name) => variables.add(name)),
    isOutdated,
  };
}

const reading = <T extends object>(value: T, tell: (name: string) => void): T =>
  new Proxy(value, {
    get(of, name) {
      if (typeof name === 'string') tell(name);
      return Reflect.get(of, name) as unknown;
    },
    ownKeys(of) {
      for (const name of Object.keys(of)) tell(name);
      return Reflect.ownKeys(of);
    },
  });

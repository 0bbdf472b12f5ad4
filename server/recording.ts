import type { FastifyInstance } from 'fastify';

/** What a plugin may do with an app before it is ready. */
const RECORDED: ReadonlySet<PropertyKey> = new Set(
  `get head post put delete options patch all route addHttpMethod register after addHook
   decorate decorateRequest decorateReply addContentTypeParser removeContentTypeParser removeAllContentTypeParsers
   addConstraintStrategy addSchema setErrorHandler setNotFoundHandler setGenReqId
   setValidatorCompiler setSerializerCompiler setReplySerializer setSchemaErrorFormatter`.split(/\s+/),
);

/** A plugin is made once, and closed once, however often its routes are registered again. */
const ONCE: ReadonlySet<unknown> = new Set(['onReady', 'onListen']);
const CLOSING: ReadonlySet<unknown> = new Set(['preClose', 'onClose']);

type Call = readonly [method: string, args: readonly unknown[]];
type AnyFunction = (...args: readonly unknown[]) => unknown;

/**
 * A plugin's Fastify app. What the plugin registers goes to the app at once, and is kept, so that it can be registered in
 * a fresh app while the plugin lives on: a Fastify app cannot take a route back.
 */
export class Recording {
  readonly app: FastifyInstance;
  /** hooks that run when the plugin is closed, which is not always when an app is */
  readonly closing: { readonly hook: 'preClose' | 'onClose'; readonly run: () => unknown }[] = [];
  readonly #calls: Call[] = [];
  readonly #listening: FastifyInstance;
  #now: FastifyInstance;

  /** @param listening the app that has the server */
  constructor(app: FastifyInstance, listening: FastifyInstance) {
    this.#now = app;
    this.#listening = listening;
    this.app = new Proxy(app, {
      get: (_app, name) => this.#get(name),
      has: (_app, name) => name in this.#now,
    });
  }

  /** Registers all of it in another app. */
  async replay(app: FastifyInstance): Promise<void> {
    for (const [method, args] of this.#calls) {
      if (method === 'addHook' && ONCE.has(args[0])) continue;
      const made = (app as unknown as Record<string, AnyFunction>)[method]!(...args);
      if (method === 'register' || method === 'after') await made;
    }
  }

  /** From now on the plugin's app is that one. */
  moveTo(app: FastifyInstance): void {
    this.#now = app;
  }

  #get(name: PropertyKey): unknown {
    if (name === 'server') return this.#listening.server;
    const value = Reflect.get(this.#now, name, this.#now) as unknown;
    if (typeof value !== 'function') return value;
    if (!RECORDED.has(name)) return (value as AnyFunction).bind(this.#now);
    return (...args: readonly unknown[]): unknown => {
      if (name === 'addHook' && CLOSING.has(args[0])) {
        const [hook, run] = args as ['preClose' | 'onClose', AnyFunction];
        this.closing.push({ hook, run: () => called(run, hook, this.app) });
        return this.app;
      }
      this.#calls.push([name as string, args]);
      const made = (value as AnyFunction).apply(this.#now, [...args]);
      return made === this.#now ? this.app : made;
    };
  }
}

/** Fastify's hooks take a callback, or return a promise. */
function called(run: AnyFunction, hook: 'preClose' | 'onClose', app: FastifyInstance): unknown {
  const first = hook === 'onClose' ? [app] : [];
  if (run.length <= first.length) return run.call(app, ...first);
  return new Promise((resolve) => run.call(app, ...first, resolve));
}

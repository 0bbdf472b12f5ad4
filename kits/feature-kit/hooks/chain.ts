import type { Call, Context, Hooks, Host, Sink } from '../../../core/contracts/index.ts';
import { membersOf } from '../../../wire/body/json-members.ts';
import { joined } from '../../../wire/body/pieces.ts';
import { rewrite as written } from '../../../wire/body/rewrite.ts';
import { takesOneThread, threadsOf, type Threads } from '../threads.ts';
import { ask } from './ask.ts';
import { HookCounts } from './counts.ts';
import type { Hook, HookChanges } from './hook.ts';
import { HookedSink } from './hooked-sink.ts';
import { Rewriting } from './rewriting.ts';

/** The hooks of one gateway, in the order in which they came. */
class HookChain implements Hooks {
  /** Replaced when it changes: running requests keep the list that they began with. */
  #hooks: readonly Hook[] = [];
  readonly #counts: HookCounts;
  keep?: NonNullable<Hooks['keep']>;

  constructor(threads: Threads | undefined) {
    this.#counts = new HookCounts(threads);
  }

  get counts(): Hooks['counts'] {
    return this.#counts.byHook;
  }

  get names(): readonly string[] {
    return this.#hooks.map(({ name }) => name);
  }

  /** With what keeps answers, which has no name. */
  get namesOfAll(): readonly string[] {
    return this.keep ? [...this.names, 'a cache of answers'] : this.names;
  }

  get isEmpty(): boolean {
    return this.#hooks.length === 0 && !this.keep;
  }

  /** Before the hooks that come after it. */
  add(hook: Hook): void {
    const next = this.#hooks.findIndex(({ after = [] }) => after.includes(hook.name));
    this.#hooks = this.#hooks.toSpliced(next === -1 ? this.#hooks.length : next, 0, hook);
  }

  remove(hook: Hook): void {
    this.#hooks = this.#hooks.filter((one) => one !== hook);
  }

  /** Synchronous as long as no hook returns a promise: most only read. */
  apply(context: Context, sink: Sink): ReturnType<Hooks['apply']> {
    const { call } = context;
    const body = bodyOf(call);
    return this.#askFrom(0, { hooks: this.#hooks, context, sink, call, body, rewriting: undefined });
  }

  #askFrom(first: number, asked: Asked): ReturnType<Hooks['apply']> {
    const { hooks } = asked;
    for (let nth = first; nth < hooks.length; nth += 1) {
      const hook = hooks[nth] as Hook;
      const answer = ask(hook, asked.call, asked.body, asked.context, this.#counts);
      if (answer instanceof Promise)
        return answer.then((changes) => {
          if (changes) this.#change(asked, hook, changes);
          return this.#askFrom(nth + 1, asked);
        });
      if (answer) this.#change(asked, hook, answer);
    }
    const { context, sink, call, rewriting } = asked;
    const { texts } = context.dialect;
    return { call, sink: rewriting && texts ? new HookedSink(sink, context, rewriting, texts) : sink };
  }

  #change(asked: Asked, hook: Hook, { body, model, rewrite }: HookChanges): void {
    if (rewrite) (asked.rewriting ??= new Rewriting(asked.context, this.#counts)).add(hook, rewrite);
    if (body) {
      asked.body = body;
      asked.call = withBody(asked.call, body);
    }
    if (model !== undefined && model !== asked.call.model) asked.call = withModel(asked.call, model);
  }
}

/** A request as the hooks before have left it. */
interface Asked {
  readonly hooks: readonly Hook[];
  readonly context: Context;
  readonly sink: Sink;
  call: Call;
  body: Buffer;
  /** undefined: no hook rewrites its answer */
  rewriting: Rewriting | undefined;
}

/** The body as it would be sent: the gateway may have put members of its own into it. */
export function bodyOf(call: Call): Buffer {
  if (call.format !== 'json' || (!call.set && !call.strip)) return call.raw;
  const body = written(call, { model: '*' });
  return Buffer.isBuffer(body) ? body : joined(body);
}

function withBody({ set: _, strip: _removed, members, fields: _places, ...call }: Call, raw: Buffer): Call {
  if (!members) return { ...call, raw };
  const found = membersOf({ raw }, members.names);
  return { ...call, raw, ...(found && { members: found }) };
}

function withModel(call: Call, model: string): Call {
  const { pathOf, stream } = call;
  const named = pathOf ? { path: pathOf({ model, stream }) } : { set: { ...call.set, model } };
  return { ...call, ...named, model };
}

const TOPIC = 'hooks';

/**
 * In a further thread: checks that it has the hooks of the main one, or a hook would miss most requests.
 * @throws GatewayError `config_invalid`
 */
export async function sameHooks(gateway: Host['gateway'], threads: Threads): Promise<void> {
  const here = chains.get(gateway)?.namesOfAll ?? [];
  const [there = []] = (await threads.ask(TOPIC, undefined)) as [(readonly string[])?];
  const missing = there.find((name) => !here.includes(name));
  if (missing !== undefined) takesOneThread(gateway, `the hook of ${missing}`);
}

type Given = Pick<Host, 'app' | 'gateway' | 'log' | 'events'>;

/** Adds a hook to the gateway's while its plugin is in force. Without any hook, requests have no cost. */
export function addHook(host: Given, hook: Hook): void {
  whileInForce(host, {
    begin: (chain) => chain.add(hook),
    end: (chain) => chain.remove(hook),
  });
}

/** Adds a cache of answers: it gets requests after the hooks, and answers before them. */
export function addKeeper(host: Given, keep: NonNullable<Hooks['keep']>): void {
  whileInForce(host, {
    begin: (chain) => void (chain.keep = keep),
    end: (chain) => {
      if (chain.keep === keep) delete chain.keep;
    },
  });
}

type Change = (chain: HookChain) => void;

/** A reload makes a feature again, and closes the one before it only when no request uses that any more. */
function whileInForce(host: Given, { begin, end }: { readonly begin: Change; readonly end: Change }): void {
  const { hooks } = host.gateway;
  const chain = chainOf(host);
  const change = (isInForce: boolean): void => {
    (isInForce ? begin : end)(chain);
    hooks.provide(chain.isEmpty ? undefined : chain);
  };
  if (host.events.onInForce) host.events.onInForce(change);
  else change(true);
}

const chains = new WeakMap<Host['gateway'], HookChain>();

function chainOf({ app, gateway, log }: Given): HookChain {
  const known = chains.get(gateway);
  if (known) return known;
  const threads = threadsOf(gateway);
  const chain = new HookChain(threads);
  chains.set(gateway, chain);
  if (threads?.isMain) threads.on(TOPIC, () => chain.namesOfAll);
  app.addHook('onReady', async () => {
    if (chain.names.length === 0 || threads?.isMain === false) return;
    const seen = [...gateway.formats.dialects.values()].filter(({ texts }) => texts);
    log.info(
      `hooks: ${chain.names.join(', ')}. They see the requests that name a model in JSON, and the texts of answers of ${seen.map(({ surface }) => surface).join(', ')}; they do not see other answers, forms, files and WebSockets`,
    );
  });
  return chain;
}

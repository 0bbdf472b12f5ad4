import type { Call, Context, Hooks, Host, Sink } from '../../../core/contracts/index.ts';
import { membersOf } from '../../../wire/body/json-members.ts';
import { joined } from '../../../wire/body/pieces.ts';
import { rewrite as written } from '../../../wire/body/rewrite.ts';
import { takesOneThread } from '../threads.ts';
import { ask } from './ask.ts';
import { HookCounts } from './counts.ts';
import type { Hook, HookChanges } from './hook.ts';
import { HookedSink } from './hooked-sink.ts';
import { Rewriting } from './rewriting.ts';

/** The hooks of one gateway, in the order in which they came. */
class HookChain implements Hooks {
  readonly #hooks: Hook[] = [];
  readonly #counts = new HookCounts();
  keep?: NonNullable<Hooks['keep']>;

  get counts(): Hooks['counts'] {
    return this.#counts.byHook;
  }

  get names(): readonly string[] {
    return this.#hooks.map(({ name }) => name);
  }

  add(hook: Hook): void {
    this.#hooks.push(hook);
  }

  /** As long as no hook takes time, none is waited for: most only read. */
  apply(context: Context, sink: Sink): ReturnType<Hooks['apply']> {
    const { call } = context;
    return this.#askFrom(0, { context, sink, call, body: bodyOf(call), rewriting: undefined });
  }

  #askFrom(first: number, asked: Asked): ReturnType<Hooks['apply']> {
    for (let nth = first; nth < this.#hooks.length; nth += 1) {
      const hook = this.#hooks[nth] as Hook;
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

type Given = Pick<Host, 'app' | 'gateway' | 'log'>;

/** Adds a hook to the gateway's, until that is closed. Without any, requests do not know that there are hooks. */
export function addHook(host: Given, hook: Hook): void {
  takesOneThread(host.gateway, `the hook of ${hook.name}`);
  chainOf(host).add(hook);
}

/** What keeps answers: it finds requests as the hooks have left them, and answers as they have not seen them. */
export function addKeeper(host: Given, keep: NonNullable<Hooks['keep']>): void {
  takesOneThread(host.gateway, 'a cache of answers');
  chainOf(host).keep = keep;
}

function chainOf({ app, gateway, log }: Given): HookChain {
  const { current } = gateway.hooks;
  if (current instanceof HookChain) return current;
  const chain = new HookChain();
  gateway.hooks.provide(chain);
  app.addHook('onReady', async () => {
    if (chain.names.length === 0) return;
    const seen = [...gateway.formats.dialects.values()].filter(({ texts }) => texts);
    log.info(
      `hooks: ${chain.names.join(', ')}. They see the requests that name a model in JSON, and the texts of answers of ${seen.map(({ surface }) => surface).join(', ')}; they do not see other answers, forms, files and WebSockets`,
    );
  });
  return chain;
}

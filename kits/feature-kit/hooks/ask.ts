import type { Call, Context } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { addNote } from '../../../core/trace/note.ts';
import type { HookCounts } from './counts.ts';
import type { Hook, HookChanges, HookRequest } from './hook.ts';

/** ms that a hook may take, if it does not say so itself */
const WITHIN_MS = 5_000;
/** ms from which on the trace says how long it took */
const SLOW_MS = 100;

/**
 * Asks one hook about a request, within its time limit.
 * @throws GatewayError `hook_refused`, or `hook_failed` where its failure refuses the request
 */
export function ask(
  hook: Hook,
  call: Call,
  body: Buffer,
  context: Context,
  counts: HookCounts,
): HookChanges | undefined | Promise<HookChanges | undefined> {
  const { withinMs = WITHIN_MS } = hook;
  const beganMs = performance.now();
  const asked = new AskedRequest(call, body, context, withinMs);
  let answer: ReturnType<Hook['request']>;
  try {
    answer = hook.request(asked);
  } catch (error) {
    tellSlow(hook, beganMs, context);
    return threw(hook, error, context, counts);
  }
  if (answer instanceof Promise)
    return answered(hook, inTime(answer, asked, withinMs), beganMs, context, counts);
  tellSlow(hook, beganMs, context);
  return passed(hook, answer, context, counts);
}

async function answered(
  hook: Hook,
  answer: Promise<HookChanges | undefined>,
  beganMs: number,
  context: Context,
  counts: HookCounts,
): Promise<HookChanges | undefined> {
  try {
    return passed(hook, await answer, context, counts);
  } catch (error) {
    return threw(hook, error, context, counts);
  } finally {
    tellSlow(hook, beganMs, context);
  }
}

function passed(
  { name }: Hook,
  changes: HookChanges | undefined,
  context: Context,
  counts: HookCounts,
): HookChanges | undefined {
  const isChange = changes?.body !== undefined || changes?.model !== undefined;
  counts.add(name, isChange ? 'changed' : 'passed');
  if (isChange) addNote(context, { remark: `the hook ${name} changed the request` });
  return changes;
}

/** @throws GatewayError where it has refused, or its failure refuses the request */
function threw(hook: Hook, error: unknown, context: Context, counts: HookCounts): undefined {
  if (context.disconnect.disconnected) throw error;
  if (error instanceof GatewayError && error.code === 'hook_refused') {
    counts.add(hook.name, 'refused');
    addNote(context, { remark: `the hook ${hook.name} refused the request` });
    throw error;
  }
  failed(hook, error, context, counts);
}

function tellSlow({ name }: Hook, beganMs: number, context: Context): void {
  const tookMs = Math.round(performance.now() - beganMs);
  if (tookMs >= SLOW_MS) addNote(context, { remark: `the hook ${name} took ${tookMs} ms` });
}

/** @throws GatewayError `hook_failed` where its failure refuses the request */
export function failed(
  { name, onFailure }: Hook,
  error: unknown,
  context: Context,
  counts: HookCounts,
): void {
  const { message } = error as Error;
  counts.add(name, 'failed');
  addNote(context, { remark: `the hook ${name} failed: ${message}` });
  context.log.warn({ err: error, id: context.id }, `the hook ${name} failed`);
  if (onFailure === 'pass') return;
  throw new GatewayError('hook_failed', `${name} could not check this, and nothing passes without it`, {
    cause: error,
  });
}

function inTime<T>(answer: Promise<T>, { signal }: HookRequest, withinMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`no answer within ${withinMs} ms`));
    if (signal.aborted) late();
    else signal.addEventListener('abort', late, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

class AskedRequest implements HookRequest {
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  readonly key: string | undefined;
  readonly headers: HookRequest['headers'];
  readonly isJson: boolean;
  readonly body: Buffer;
  readonly #context: Context;
  readonly #withinMs: number;
  #signal: AbortSignal | undefined;

  constructor(call: Call, body: Buffer, context: Context, withinMs: number) {
    this.surface = call.surface;
    this.model = call.model;
    this.stream = call.stream;
    this.key = context.caller?.name;
    this.headers = call.headers;
    this.isJson = call.format === 'json';
    this.body = body;
    this.#context = context;
    this.#withinMs = withinMs;
  }

  /** Made on first use: a hook that answers at once needs none. */
  get signal(): AbortSignal {
    const { signal } = this.#context.disconnect;
    return (this.#signal ??= AbortSignal.any([signal, AbortSignal.timeout(this.#withinMs)]));
  }
}

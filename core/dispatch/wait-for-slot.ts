import { type SelectDeps, timeoutsOf } from './select.ts';
import type { ConcurrencyLimit, Context, Target } from '../contracts/index.ts';
import { GatewayError } from '../errors.ts';
import { clientLeft } from '../request/client-disconnect.ts';
import { elapsed } from '../trace/elapsed.ts';
import { addNote } from '../trace/note.ts';
import { callerOf } from '../upstreams/queue-key.ts';

/**
 * Waits in the queue, in its caller's turn, until one of them has a free slot, at most the longest `timeouts.queue` of
 * them.
 * @throws GatewayError `queue_full`, `queue_timeout`
 */
export async function waitForSlot(
  context: Context,
  targets: readonly Target[],
  gateway: SelectDeps,
): Promise<void> {
  const names = namesOf(targets);
  const limitMs = Math.max(...targets.map((target) => timeoutsOf(context, target, gateway).queue));
  const caller = callerOf(context);
  const queues = [...new Set(targets.map(({ concurrency }) => concurrency as ConcurrencyLimit))].filter(
    (one) => one.admits(caller),
  );
  if (queues.length === 0) throw queueFull(names);
  const sinceUs = elapsed(context);
  let left = queues.length;
  const handed = await withLimit<ConcurrencyLimit | 'dropped'>(
    context.disconnect.signal,
    limitMs,
    (resolve) => {
      const dropped = (): void => {
        if (--left === 0) resolve('dropped');
      };
      const leave = queues.map((one) => one.wait(resolve, caller, dropped));
      return () => leave.forEach((out) => out());
    },
  );
  addNote(context, { waited: `a free slot at ${names}`, tookUs: elapsed(context) - sinceUs }, sinceUs);
  if (handed === 'dropped') throw queueFull(names);
  if (handed === 'late')
    throw new GatewayError(
      'queue_timeout',
      `${names} had no free slot within ${limitMs} ms (timeouts.queue)`,
    );
  handed.claim();
}

function queueFull(names: string): GatewayError {
  const have = names.includes(',') ? 'have' : 'has';
  return new GatewayError(
    'queue_full',
    `${names} already ${have} as many requests waiting as may wait; come back in a moment`,
  );
}

/** Their providers, each once. */
export const namesOf = (targets: readonly Target[]): string =>
  [...new Set(targets.map(({ provider }) => provider.name))].join(', ');

/** A wait that ends by its own event, at its limit, or when the client disconnects. */
function withLimit<T>(
  signal: AbortSignal,
  limit: number,
  begin: (resolve: (value: T) => void) => () => void,
): Promise<T | 'late'> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', gone);
      leave();
    };
    const timer = setTimeout(() => (end(), resolve('late')), limit);
    const gone = () => (end(), reject(clientLeft()));
    const leave = begin((value) => (end(), resolve(value)));
    signal.addEventListener('abort', gone, { once: true });
  });
}

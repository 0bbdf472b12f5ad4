import type { UpstreamRequest } from '../contracts/index.ts';
import { GatewayError, meaningOf } from '../errors.ts';
import { adaptCall, type AdaptedCall } from '../translation/adapt-call.ts';
import { askUncounted, COUNTING, isStillRefused } from '../translation/count-stream.ts';
import { elapsed } from '../trace/elapsed.ts';
import { addNote } from '../trace/note.ts';
import { AttemptRunner } from './attempt-runner.ts';
import type { AttemptSpec, AttemptResult } from './attempt-result.ts';

/**
 * One attempt at one target, from the request as that target takes it until the client's side is settled; a second
 * where it only refused what need not be sent. Rejects before anything was sent, where the target's API cannot express it or a limit is spent.
 */
export function sendAttempt(spec: AttemptSpec): Promise<AttemptResult> {
  return new Promise((resolve, reject) => {
    const { context, target } = spec;
    const admitted = context.ticket?.admit(target, context.call);
    if (admitted) admitted.then(() => adapt(spec, resolve, reject)).catch(reject);
    else adapt(spec, resolve, reject);
  });
}

function adapt(spec: AttemptSpec, resolve: Resolve, reject: (error: unknown) => void): void {
  const asked = adaptCall(spec.context, spec.target, spec.gateway.formats);
  if (asked instanceof Promise) onceConverted(asked, spec, resolve).catch(reject);
  else start(asked, spec, resolve, false);
}

type Resolve = (sent: AttemptResult | Promise<AttemptResult>) => void;

function start(asked: AdaptedCall, spec: AttemptSpec, resolve: Resolve, placed: boolean): void {
  const request = written(asked, spec);
  if (request instanceof GatewayError) {
    if (placed) spec.target.concurrency?.release();
    return resolve(unsent(request, spec));
  }
  const mayAgain = asked.asksToCount || spec.target.provider.learns !== undefined;
  const settle = mayAgain
    ? (sent: AttemptResult) => resolve(sent.refused ? without(sent, spec) : sent)
    : resolve;
  new AttemptRunner(asked, request, spec, settle).start(placed);
}

/** The request as its provider writes it; the error, where that throws: another target may do better. */
function written({ call }: AdaptedCall, { context, target }: AttemptSpec): UpstreamRequest | GatewayError {
  try {
    return target.provider.request(call, target);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    const { name } = target.provider;
    context.log.error({ err: error, id: context.id }, `the plugin of ${name} could not write a request`);
    const message = `${name} was not asked: its plugin could not write the request; the gateway's log says why`;
    return new GatewayError('provider_fault', message, { cause: error });
  }
}

/** An attempt that failed before anything was sent. */
function unsent(error: GatewayError, { context, target, ended }: AttemptSpec): AttemptResult {
  const at = elapsed(context);
  const { code: reason, message } = error;
  const result: AttemptResult = {
    attempt: { target, outcome: 'failed', reason, message, startedUs: at, endedUs: at, bytes: 0 },
    error,
    ending: meaningOf(reason).ending,
  };
  ended(result);
  return result;
}

/** A worker converts its body, and its slot is held meanwhile. */
async function onceConverted(asked: Promise<AdaptedCall>, spec: AttemptSpec, done: Resolve): Promise<void> {
  const { concurrency } = spec.target;
  concurrency?.acquire();
  try {
    start(await asked, spec, done, true);
  } catch (error) {
    concurrency?.release();
    throw error;
  }
}

async function without({ refused = '' }: AttemptResult, spec: AttemptSpec): Promise<AttemptResult> {
  const { context, target } = spec;
  if (refused === COUNTING) askUncounted(target);
  addNote(context, { remark: `${target.provider.name} refused ${refused}: it is asked again without that` });
  // Once the slot of the first is released.
  await Promise.resolve();
  const sent = await sendAttempt(spec);
  if (refused === COUNTING) isStillRefused(target, sent.refusal);
  return sent;
}

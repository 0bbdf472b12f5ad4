import { membersOf, shortAt } from '../../wire/body/json-members.ts';
import type { Call, Dialect, Provider, Quirks, Target } from '../contracts/index.ts';
import type { Refusal } from '../failures/refusal.ts';
import { meaningOfStatus } from '../failures/status-meaning.ts';

/** Providers that refused a stream for being asked to count it. */
const refusing = new WeakSet<Provider>();

/** All that is set in nearly every stream: the body is walked over once for both. */
const NAMES = ['model', 'stream_options'];

/**
 * The call with a request for the token counts of its stream added to the caller's own stream options.
 * @returns undefined where the caller asked already, or it cannot be asked
 */
export function countStream(call: Call, dialect: Dialect, quirks: Quirks, target: Target): Call | undefined {
  if (!call.stream || call.format !== 'json' || dialect.countsStreams !== true) return undefined;
  if (quirks.streams === 'never' || quirks.streamOptions === false || quirks.usage === 'invented')
    return undefined;
  if (refusing.has(target.provider)) return undefined;
  const members = membersOf(call, NAMES);
  const span = members?.spans.get('stream_options');
  const own = span ? shortAt(call.raw, span) : null;
  if (!members || typeof own !== 'object' || Array.isArray(own)) return undefined;
  if (own !== null && (own as Record<string, unknown>).include_usage === true) return undefined;
  return { ...call, members, set: { ...call.set, stream_options: { ...own, include_usage: true } } };
}

export const COUNTING = 'the count of a stream';

/** A refusal that names the wish: without it, the answer may be another. */
export function refusesToCount({ status, body }: Refusal): boolean {
  const { member } = meaningOfStatus(status);
  return member && /stream_options|include_usage/.test(body.toString('latin1', 0, 16_384));
}

/** From here on this provider is not asked to count. */
export function askUncounted({ provider }: Target): void {
  refusing.add(provider);
}

/** What it answered without the wish: where it refuses still, that was not the reason, and some other caller's is counted. */
export function isStillRefused({ provider }: Target, refusal: Refusal | undefined): void {
  if (refusal && meaningOfStatus(refusal.status).member) refusing.delete(provider);
}

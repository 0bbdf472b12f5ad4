import type { AnswerHeaders, Context, ErrorBody, Sink } from '../contracts/index.ts';
import { errorBody, GatewayError, meaningOf } from '../errors.ts';
import { isUsedUp } from '../failures/status-meaning.ts';
import { headersDown } from '../../wire/headers.ts';
import { readExactJson } from '../../wire/json.ts';
import type { Refusal } from '../failures/refusal.ts';
import { refusedBody } from '../relay/refused-body.ts';
import type { AttemptResult } from '../attempt/attempt-result.ts';
import { withAnswerHeaders } from '../trace/answer-headers.ts';
import { endBroken, failureIn } from '../relay/end-broken.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
/** ms. OpenAI's SDKs ignore a longer Retry-After, and retry after half a second. */
const LONGEST_WAIT = 60_000;

/**
 * What the client is told when no target answered: an upstream's own refusal as it came if there is one, the one that says
 * most first; else what went wrong with the last, or with each.
 * @param error goes before all of these, such as why the gateway has ended the request
 */
export function sendFinalError(
  context: Context,
  sink: Sink,
  failed: readonly AttemptResult[],
  error = context.disconnect.error && GatewayError.from(context.disconnect.error),
): void {
  const { trace } = context;
  if (sink.closed) return void (trace.ending = 'left');
  const said = soonest(failed) ?? failed.findLast(({ refusal }) => refusal);
  const target = (said ?? failed.at(-1))?.attempt.target;
  const headers = withAnswerHeaders({}, context, trace.attempts.length, target);
  trace.ending = 'refused';
  if (said?.refusal && !error) {
    trace.status = said.refusal.status;
    trace.error = said.attempt.message ?? `answered ${said.refusal.status}`;
    trace.reason = 'upstream_status';
    const when = timeOf(said);
    if (when !== undefined) headers['retry-after'] = when;
    const wait = said.attempt.retryAfterMs;
    if (wait === undefined ? failed.length > 1 && !saysWhen(said) : wait > LONGEST_WAIT)
      headers['x-should-retry'] = 'false';
    return refuse(context, sink, said.refusal, headers, said.attempt.target.provider.name);
  }
  const told = pinnedTo(context.route.pinned, error ?? summary(failed));
  trace.status = told.statusCode;
  trace.error = told.message;
  trace.reason = told.code;
  Object.assign(headers, told.headers);
  if (told.retryAfterS !== undefined) headers['retry-after'] = String(told.retryAfterS);
  // Everything was tried here already: an SDK that tries again by itself only adds to the trouble. Where a time is said
  // that it waits for, it would take this for the final word, and give up instead.
  const isFinal =
    told.retryAfterS === undefined
      ? !meaningOf(told.code).clientRetry
      : told.retryAfterS * 1_000 > LONGEST_WAIT;
  if (isFinal) headers['x-should-retry'] = 'false';
  headers['content-type'] = JSON_TYPE;
  tell(context, sink, told.statusCode, headers, errorIn(context, told));
}

/** Of the 429s, the one that may be retried first. */
function soonest(failed: readonly AttemptResult[]): AttemptResult | undefined {
  const when = ({ attempt }: AttemptResult): number => attempt.retryAfterMs ?? Infinity;
  return failed
    .filter(({ refusal }) => isUsedUp(refusal?.status))
    .reduce<AttemptResult | undefined>(
      (best, one) => (best && when(best) < when(one) ? best : one),
      undefined,
    );
}

const saysWhen = ({ refusal }: AttemptResult): boolean =>
  refusal?.headers['retry-after'] !== undefined || refusal?.headers['retry-after-ms'] !== undefined;

/** A time that the refusal names in a header that clients do not read. */
function timeOf(sent: AttemptResult): string | undefined {
  const { retryAfterMs } = sent.attempt;
  return retryAfterMs === undefined || saysWhen(sent) ? undefined : String(Math.ceil(retryAfterMs / 1_000));
}

/** If a stream has begun with comments, its status is sent already, and the error is an event of it. */
function tell(context: Context, sink: Sink, status: number, headers: AnswerHeaders, body: Buffer): void {
  if (!sink.isWaiting) return sink.whole(status, headers, body);
  context.trace.status = 200;
  context.trace.ending = 'error';
  const said = readExactJson(body.toString()) as ErrorBody;
  sink.head(status, headers);
  endBroken(sink, failureIn(context, said, status, true));
}

/** In the shape of the API that was asked. */
const errorIn = ({ dialect, id }: Context, error: GatewayError): Buffer =>
  Buffer.from(
    JSON.stringify(dialect.errorBody?.(errorBody(error), error.statusCode, id) ?? errorBody(error)),
  );

function refuse(
  context: Context,
  sink: Sink,
  refusal: Refusal,
  signed: AnswerHeaders,
  provider: string,
): void {
  const { status, headers } = refusal;
  const down: AnswerHeaders = { ...headersDown(headers), ...signed };
  if (headers['x-request-id'] !== undefined) down['x-request-id'] = headers['x-request-id'];
  if (status < 400) {
    const error = new GatewayError(
      'upstream_status',
      `${provider} answered ${status} to ${headers.location ?? 'nowhere'}; its baseUrl is probably not where its API is`,
    );
    const label = { ...signed, 'content-type': JSON_TYPE };
    return tell(context, sink, error.statusCode, label, errorIn(context, error));
  }
  const label = { ...down, 'content-type': jsonType(headers) };
  tell(context, sink, status, label, refusedBody(refusal, provider, context));
}

/** The upstream's own content type if it is JSON. */
function jsonType({ 'content-type': type = '' }: Refusal['headers']): string {
  return type.toLowerCase().includes('json') ? type : JSON_TYPE;
}

/** A caller that asked for one provider is told that no other was asked, and why that one cannot answer. */
function pinnedTo(pin: string | undefined, error: GatewayError): GatewayError {
  if (pin === undefined || meaningOf(error.code).fault !== 'provider') return error;
  const { code, message, retryAfterS } = error;
  return new GatewayError(code, whyPinned(pin, message), { cause: error, retryAfterS });
}

export const whyPinned = (pin: string, because: string): string =>
  `${pin} cannot answer, because ${because}; no other was asked: the request is pinned to it (?provider=${pin})`;

function summary(failed: readonly AttemptResult[]): GatewayError {
  const last = failed.at(-1)?.error ?? new GatewayError('no_target', 'there is no provider to answer');
  if (failed.length < 2) return last;
  const several = new Set(failed.map(({ attempt }) => attempt.target)).size === failed.length;
  return new GatewayError(
    last.code,
    `${failed.length} ${several ? 'targets' : 'attempts'} failed: ${failed.map(({ attempt }) => attempt.message).join('; ')}`,
    { cause: last },
  );
}

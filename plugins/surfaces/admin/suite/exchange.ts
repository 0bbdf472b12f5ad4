import type { IncomingHttpHeaders } from 'node:http';
import type { Call, Context, Dialect, Host, Route, Target, Trace } from '../../../../core/contracts/index.ts';
import { Collector, type TimedEvent } from './collector.ts';
import { observeContentType } from './observe-content-type.ts';
import { ClientDisconnect, freshTrace, requestId } from '../../../../kits/surface-kit/index.ts';

/** An answer to a small question is smaller than this many bytes. */
const MOST = 8 * 1024 * 1024;

/** The provider under test, the key to use, and the time limit. */
export interface ExchangeOptions {
  readonly host: Host;
  readonly target: Target;
  /** the model's public name */
  readonly model: string;
  /** the caller's key, for a provider that is called with it */
  readonly headers: IncomingHttpHeaders;
  /** ms */
  readonly withinMs: number;
  readonly signal: AbortSignal;
}

/** What a client would have seen of one request, and what the gateway knows of it. */
export interface Exchange {
  readonly id: string;
  readonly status: number;
  readonly body: string;
  readonly events: readonly TimedEvent[];
  readonly trace: Trace;
  /** requests that the provider still works on for this exchange: 1 until its side is over, then 0 */
  readonly inflight: number;
  /** when it began, on the clock of `performance.now()` */
  readonly startedMs: number;
  /** as the provider itself sent it; '' where it did not answer */
  readonly contentType: string;
  /** why it was aborted */
  readonly left: 'late' | 'long' | 'enough' | 'given up' | undefined;
}

/**
 * One chat on the gateway's own path, with one provider and one attempt: the answer is relayed, judged and normalised
 * as for any client. Blocks of the provider do not prevent it, and a failure here does not count against its health.
 * The request is traced like all others.
 * @param enough aborts at the event for which it is true
 */
export async function exchange(
  { host, target: { provider, model: own }, model, headers, withinMs, signal }: ExchangeOptions,
  body: Record<string, unknown>,
  enough: (event: TimedEvent) => boolean = () => false,
): Promise<Exchange> {
  const { gateway } = host;
  const target = gateway.upstreams.named(provider.name).detached(own);
  const disconnect = new ClientDisconnect();
  let left: Exchange['left'];
  const leave = (why: Exchange['left']): void => {
    left ??= why;
    disconnect.leave();
  };
  const call = callOf({ ...body, model }, headers, gateway.acceptsCallersKey);
  const context = contextOf(call, target, disconnect, host);
  const sink = new Collector(context.dialect.reader(call), (event) => {
    if (sink.length > MOST) leave('long');
    else if (event && enough(event)) leave('enough');
  });
  const spied = observeContentType(gateway.transport);
  const giveUp = (): void => leave('given up');
  const timer = setTimeout(() => leave('late'), withinMs);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  await gateway.answer(context, sink, { transport: spied.transport, isOnce: true });
  signal.removeEventListener('abort', giveUp);
  clearTimeout(timer);
  const { id, trace, startedMs } = context;
  return {
    id,
    status: sink.status,
    body: sink.body,
    events: sink.events,
    trace,
    startedMs,
    left,
    get inflight() {
      return target.inflight;
    },
    get contentType() {
      return spied.contentType;
    },
  };
}

function callOf(
  body: Record<string, unknown>,
  { authorization }: IncomingHttpHeaders,
  forwardAuthorization: boolean,
): Call {
  return {
    surface: 'chat',
    method: 'POST',
    path: '/chat/completions',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    raw: Buffer.from(JSON.stringify(body)),
    model: body.model as string,
    stream: body.stream === true,
    choices: 1,
    format: 'json',
    forwardAuthorization,
  };
}

function contextOf(
  call: Call,
  target: Target,
  disconnect: ClientDisconnect,
  { gateway, log }: Host,
): Context {
  const route: Route = {
    name: '*',
    targets: [target],
    strategyName: 'test',
    strategy: { pick: ([only]) => only },
    timeouts: {},
    pinned: target.provider.name,
  };
  const id = requestId();
  return {
    id,
    call,
    dialect: gateway.formats.dialects.get('chat') as Dialect,
    route,
    trace: freshTrace(id, call, route),
    timeouts: gateway.timeouts(route, undefined, call.stream),
    disconnect,
    log,
    startedMs: performance.now(),
    callerTimeoutMs: Infinity,
  };
}

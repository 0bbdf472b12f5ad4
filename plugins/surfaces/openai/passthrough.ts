import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type {
  Call,
  Host,
  OutboundProxies,
  Target,
  Ticket,
  UpstreamRequest,
} from '../../../core/contracts/index.ts';
import { GatewayError, isForAnother } from '../../../core/errors.ts';
import { headersDown, headerText, passAtOnce } from '../../../wire/headers.ts';
import { errorBehind } from '../../../kits/transport-kit/index.ts';
import { Agents } from './agents.ts';
import { answerByModel } from './any-path.ts';
import {
  allowedOf,
  callersRoute,
  hasSurface,
  checkModel,
  connectionError,
  isLastChance,
  isOpen,
  pinOf,
  queryOf,
  refuseUpgrade,
  requestId,
  tooSlow,
  whyBlocked,
  whyPinned,
} from '../../../kits/surface-kit/index.ts';
import { answerKept } from './responses/state/kept-paths.ts';
import type { ResponsesMemory } from './responses/state/memory.ts';
import { watchUpload } from './watch-upload.ts';

/** Carries the client's disconnect through the proxy's headers to our agent; a symbol never reaches the wire. */
const disconnect = Symbol('leaving');

/** The upstream of a passed-through request: chosen before the proxy runs. */
interface Passing {
  readonly name: string;
  readonly upstream: UpstreamRequest;
  readonly signal: AbortSignal;
  /** what became of its body, where that is why it ends */
  error?: GatewayError;
}

/**
 * Every other path below `/v1` whose body names no model (files, batches, stored responses, future APIs) goes to the
 * first provider that has it, streamed both ways by @fastify/http-proxy, with an agent of our own: TLS verified, no
 * timers but the gateway's, and the upstream request is aborted when the client disconnects, before the head of the
 * answer too.
 */
export function passthrough(host: Host, memory: ResponsesMemory) {
  return async (app: FastifyInstance): Promise<void> => {
    const agents = new Agents(host.gateway.proxies);
    app.addHook('onClose', () => agents.destroy());
    const passing = new WeakMap<FastifyRequest, Passing>();
    const of = (request: unknown): Passing => passing.get(request as FastifyRequest) as Passing;
    // Here bodies are streams, not bytes.
    app.removeAllContentTypeParsers();
    await app.register(httpProxy, {
      prefix: '/v1',
      upstream: '',
      config: callersRoute,
      undici: abortable(agents),
      disableRequestLogging: true,
      httpMethods: ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'],
      preRewrite: oneSlash,
      preHandler: async (request, reply) => {
        refuseUpgrade(request);
        if (await answerByModel(host, pathOf(request), request, reply)) return;
        const path = pathOf(request);
        const kept = await answerKept(path, request, reply, memory, () => hasSome(host, 'responses'));
        if (kept === true) return;
        passing.set(request, await choose(host, request, reply, kept));
      },
      handler: (request, reply, _path, options) => reply.from(split(of(request).upstream.path)[0], options),
      replyOptions: {
        getUpstream: (request) => of(request).upstream.origin,
        // A query is the caller's own text: only the path is checked for traversal.
        queryString: (_search, _url, request) => split(of(request).upstream.path)[1],
        rewriteRequestHeaders: (request, headers) => headersFor(of(request), headers),
        rewriteHeaders: (headers, request) => headersBack(of(request), headers as IncomingHttpHeaders),
        // An upstream's own 503 is its answer; a retry is the client's choice.
        retryDelay: () => null,
        onError: (reply, { error }) =>
          void reply.send(errorOf(of(reply.request), host.gateway.proxies, (error.cause ?? error) as Error)),
      },
    });
  };
}

/** The proxy uses undici's `request` only; this one also ends when the client disconnects. */
function abortable(agents: Agents): NonNullable<FastifyHttpProxyOptions['undici']> {
  type Options = Dispatcher.RequestOptions & { headers: Record<symbol, AbortSignal> };
  return {
    request: (options: Options, done: (error: Error | null, data: Dispatcher.ResponseData) => void) =>
      agents
        .for(String(options.origin))
        .request({ ...options, signal: options.headers[disconnect] ?? null }, done),
  } as unknown as NonNullable<FastifyHttpProxyOptions['undici']>;
}

async function choose(
  { gateway, config, now }: Host,
  request: FastifyRequest,
  reply: FastifyReply,
  pin = pinOf(request),
): Promise<Passing> {
  const path = pathOf(request);
  const surface = path.split('/')[1] ?? '';
  if (surface === '')
    throw new GatewayError(
      'not_found',
      `there is nothing at ${request.method} ${split(request.url)[0]}; GET /v1/models lists what can be asked for`,
    );
  const { caller } = request;
  checkModel(caller, '');
  const targets = allowedOf(gateway.models.targets(surface, pin), caller);
  const pick = (among: readonly Target[]): Target => available(among, now(), pin);
  // Nothing is counted where none can take it.
  pick(targets);
  const call: Call = {
    surface,
    method: request.method,
    path: path + queryOf(request.url),
    headers: request.headers,
    raw: Buffer.alloc(0),
    model: '',
    stream: false,
    choices: 1,
    format: 'opaque',
    forwardAuthorization: gateway.acceptsCallersKey,
  };
  const gone = new AbortController();
  const begun = caller?.begin({ call, end: () => reply.raw.destroy() });
  const ticket = begun instanceof Promise ? await begun : begun;
  reply.raw.once('close', () => {
    gone.abort();
    ticket?.over();
  });
  const target = await admitted(targets, call, ticket, pick);
  const asked = target.provider.request(call, target);
  const upstream = { ...asked, headers: { ...asked.headers, ...(await asked.authorize?.()) } };
  const chosen: Passing = { name: target.provider.name, upstream, signal: gone.signal };
  const { bodyIdle: idle } = config.server;
  const stalled = (): void => {
    chosen.error = tooSlow(idle);
    gone.abort();
  };
  watchUpload(request, reply, { clock: gateway.clock, idle, stalled });
  return chosen;
}

/** The first target that no limit of the caller's is spent for. @throws GatewayError `rate_limited`, `budget_spent` */
async function admitted(
  targets: readonly Target[],
  call: Call,
  ticket: Ticket | undefined,
  pick: (among: readonly Target[]) => Target,
): Promise<Target> {
  const target = pick(targets);
  try {
    await ticket?.admit(target, call);
    return target;
  } catch (error) {
    const others = targets.filter((one) => one !== target);
    if (!isForAnother(error) || others.length === 0) throw error;
    return admitted(others, call, ticket, pick).catch(() => {
      throw error;
    });
  }
}

/** Whether any provider has that API. */
function hasSome({ gateway: { models, formats } }: Host, surface: string): boolean {
  try {
    return models.targets(surface).some((target) => hasSurface(target, surface, formats));
  } catch {
    return false;
  }
}

/** below `/v1` */
const pathOf = ({ url }: FastifyRequest): string => split(oneSlash(url))[0].replace(/^.*?\/v1(?=\/|$)/, '');

/** Joins a path to a URL; a base that ends in a slash, as old clients send it, is accepted. */
const oneSlash = (url: string): string => url.replace(/^[^?]*/, (path) => path.replace(/\/{2,}/g, '/'));

function split(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
}

/**
 * The first that is open: what is kept at one provider (files, batches) is not to be looked for at another for a slot,
 * and no slot is taken here.
 */
function available(targets: readonly Target[], now: number, pin: string | undefined): Target {
  const target =
    targets.find((one) => isOpen(one, now)) ??
    targets.find((one) => isLastChance(one, now, pin !== undefined));
  if (target) return target;
  const because = targets
    .map((one) => `${one.provider.name} is blocked (${whyBlocked(one, now)})`)
    .join('; ');
  throw new GatewayError(
    'provider_unavailable',
    pin === undefined ? `no provider can take this now: ${because}` : whyPinned(pin, because),
  );
}

/** The provider's own headers, and the length of an unchanged body. */
function headersFor(
  { upstream, signal }: Passing,
  { 'content-length': length }: IncomingHttpHeaders,
): IncomingHttpHeaders {
  const headers: Record<string | symbol, unknown> = { ...upstream.headers, [disconnect]: signal };
  if (length !== undefined) headers['content-length'] = length;
  return headers as IncomingHttpHeaders;
}

function headersBack({ name }: Passing, headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const id = requestId();
  const down = headersDown(headers);
  passAtOnce(down);
  // The body passes unchanged, so its length still holds.
  if (headers['content-length'] !== undefined) down['content-length'] = headers['content-length'];
  return {
    'x-request-id': id,
    ...down,
    'x-switchyard-provider': headerText(name),
    'x-switchyard-attempts': '1',
    'x-switchyard-request-id': id,
  };
}

function errorOf({ name, upstream, error }: Passing, proxies: OutboundProxies, thrown: Error): GatewayError {
  if (error) return error;
  return connectionError(name, upstream.origin, errorBehind(thrown, proxies.for(upstream.origin)));
}

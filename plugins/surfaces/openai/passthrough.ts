import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
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
import { mustStayBelow, passOn, split } from './pass-on.ts';
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

/** The upstream that a request is passed on to. */
interface Passing {
  readonly name: string;
  readonly upstream: UpstreamRequest;
  /** the path of its base URL, where it keeps ours below that */
  readonly base: string | undefined;
  readonly signal: AbortSignal;
  /** why the gateway has ended it, if it has */
  readonly over: { readonly error?: GatewayError };
}

/**
 * Every other path below `/v1` whose body names no model (files, batches, stored responses, future APIs) goes to the
 * first provider that has it, streamed both ways by undici: TLS verified, no timers but the gateway's, and the upstream
 * request is aborted when the client disconnects, before the head of the answer too.
 */
export function passthrough(host: Host, memory: ResponsesMemory) {
  return async (app: FastifyInstance): Promise<void> => {
    const agents = new Agents(host.gateway.proxies);
    app.addHook('onClose', () => agents.destroy());
    // Here bodies are streams, not bytes.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, body, done) => done(null, body));
    const base = `${app.prefix}/v1`;
    const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      refuseUpgrade(request);
      const path = pathOf(request);
      mustStayBelow(path);
      if (await answerByModel(host, path, request, reply)) return reply;
      const kept = await answerKept(path, request, reply, memory, () => hasSome(host, 'responses'));
      if (kept === true) return reply;
      const passing = await choose(host, request, reply, kept);
      const { upstream, signal } = passing;
      const agent = agents.for(upstream.origin);
      const down = (headers: IncomingHttpHeaders) => headersBack(passing, headers, base);
      try {
        return await passOn(request, reply, { upstream, agent, signal, headersDown: down });
      } catch (error) {
        throw errorOf(passing, host.gateway.proxies, error as Error);
      }
    };
    const method = ['DELETE', 'GET', 'HEAD', 'PATCH', 'POST', 'PUT'];
    for (const url of ['/v1', '/v1/*']) app.route({ method, url, config: callersRoute, handler });
  };
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
  // Nothing is counted if no target is available.
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
  const over: { error?: GatewayError } = {};
  let ticket: Ticket | undefined;
  reply.raw.once('close', () => {
    gone.abort();
    ticket?.over();
  });
  const stop = (error: GatewayError): void => {
    // A begun answer can only be cut.
    if (reply.raw.headersSent) return void reply.raw.destroy();
    over.error = error;
    gone.abort();
  };
  const begun = caller?.begin({ call, end: (error) => stop(GatewayError.from(error)) });
  ticket = begun instanceof Promise ? await begun : begun;
  // The client may have disconnected during the wait.
  if (reply.raw.closed) ticket?.over();
  const target = await admitted(targets, call, ticket, pick);
  if (over.error) throw over.error;
  const asked = target.provider.request(call, target);
  const upstream = { ...asked, headers: { ...asked.headers, ...(await asked.authorize?.()) } };
  const [whole] = split(asked.path);
  const base = whole.endsWith(path) ? whole.slice(0, -path.length) : undefined;
  const { bodyIdle: idle } = config.server;
  watchUpload(request, reply, { clock: gateway.clock, idle, stalled: () => stop(tooSlow(idle)) });
  return { name: target.provider.name, upstream, base, signal: gone.signal, over };
}

/** The first target that the caller's limits admit. @throws GatewayError `rate_limited`, `budget_spent` */
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
const pathOf = ({ url }: FastifyRequest): string =>
  split(url)[0]
    .replace(/\/{2,}/g, '/')
    .replace(/^.*?\/v1(?=\/|$)/, '');

/** The first available target, slots aside: files and batches are kept at one provider, and no slot is taken here. */
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

/** @param below where the provider's base is here */
function headersBack(
  { name, base }: Passing,
  headers: IncomingHttpHeaders,
  below: string,
): Record<string, string | string[] | number> {
  const id = requestId();
  const down: Record<string, string | string[] | number> = headersDown(headers);
  passAtOnce(down);
  // The body passes unchanged, so its length still holds.
  if (headers['content-length'] !== undefined) down['content-length'] = headers['content-length'];
  if (base !== undefined && headers.location?.startsWith(`${base}/`))
    down.location = below + headers.location.slice(base.length);
  return {
    'x-request-id': id,
    ...down,
    'x-switchyard-provider': headerText(name),
    'x-switchyard-attempts': '1',
    'x-switchyard-request-id': id,
  };
}

function errorOf({ name, upstream, over }: Passing, proxies: OutboundProxies, thrown: Error): GatewayError {
  if (over.error) return over.error;
  return connectionError(name, upstream.origin, errorBehind(thrown, proxies.for(upstream.origin)));
}

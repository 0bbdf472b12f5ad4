import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AnswerHeaders, Context, Host, Route } from '../../../../../core/contracts/index.ts';
import { addNote, answerOver, pinOf } from '../../../../../kits/surface-kit/index.ts';
import { GatewayError } from '../../../../../core/errors.ts';
import { UsageWatch } from '../../../../../wire/usage.ts';
import { handshakeOf } from '../accept.ts';
import { protocolsIn } from '../../../../../wire/socket-protocols.ts';
import { realtimeSocket } from '../dialects.ts';
import type { Sockets } from '../socket-handler.ts';
import { callOf } from './call.ts';
import { ClientSide } from './client-side.ts';
import { SessionRules } from './session-rules.ts';
import { Tunnel } from './tunnel.ts';

/** A session lasts as long as both sides want. */
const UNLIMITED = { firstContent: Infinity, idle: Infinity, total: Infinity };
/** Made once for each route, as retry budgets and timeouts belong to a route. */
const unlimited = new WeakMap<Route, Route>();

/** ms behind the drain of a gateway that also ends its other answers then */
const BEHIND_MS = 1_000;

/** Passes WebSockets on `/realtime` through, each as one request for its model. */
export function serveRealtime(host: Host): Sockets {
  const sides = new Set<ClientSide>();
  return {
    async take(request, reply) {
      const { side, done } = await passThrough(host, request, reply);
      sides.add(side);
      void done.then(() => sides.delete(side));
    },
    stop() {
      const stop = (): void => sides.forEach((side) => side.stop());
      // Without sessions the timer would only keep a replaced surface in memory.
      if (sides.size > 0) setTimeout(stop, host.config.server.drain + BEHIND_MS).unref();
    },
  };
}

async function passThrough(host: Host, request: FastifyRequest, reply: FastifyReply) {
  const { gateway, config } = host;
  const { socket } = handshakeOf(request);
  const call = callOf(request, gateway.acceptsCallersKey);
  const transport = new Tunnel({
    proxies: gateway.proxies,
    model: call.model,
    protocols: protocolsIn(request.headers),
    longest: config.limits.event,
    passed: (message) => {
      if (!usage.read(message) || !usage.usage) return;
      try {
        asked.context?.ticket?.usedSoFar?.(usage.usage);
      } catch (error) {
        asked.context?.disconnect.end(error as Error);
      }
    },
  });
  const usage = new UsageWatch(realtimeSocket);
  const asked: { context?: Context } = {};
  const sink = new ClientSide({
    request,
    reply,
    longest: config.server.bodyLimit,
    tunnel: transport,
    answeredBy: (headers) => (transport.rules = rulesFor(headers, asked.context, host)),
    isClosing: () => gateway.closing,
    whyEnded: () => {
      const error = asked.context?.disconnect.error;
      return error && GatewayError.from(error);
    },
  });
  const adapt = (context: Context): Context =>
    (asked.context = { ...context, route: unlimitedOf(context.route) });
  const tied = { call, dialect: realtimeSocket, request, reply, pin: pinOf(request), sink, transport, adapt };
  const underWay = await answerOver(tied, gateway);
  reply.hijack();
  sink.whenLeft(() => underWay.leave());
  socket.once('close', () => {
    if (!sink.committed) underWay.leave();
  });
  if (socket.destroyed) underWay.leave();
  return { side: sink, done: underWay.done };
}

/** The rules of the last requested model, and of the provider that has accepted. */
function rulesFor(
  { 'x-switchyard-provider': name }: AnswerHeaders,
  context: Context | undefined,
  { gateway }: Host,
): SessionRules | undefined {
  if (!context) return undefined;
  const provider = gateway.upstreams.get(String(name))?.provider;
  const all = [gateway.settings.model(context.trace.route)?.rules, provider?.rules];
  const rules = all.filter((one) => one !== undefined);
  if (rules.length === 0) return undefined;
  const known = new Set<string>();
  return new SessionRules(rules, (changes) => {
    const news = changes.filter((one) => !known.has(one));
    for (const one of news) known.add(one);
    if (news.length > 0) addNote(context, { remark: `rules for ${provider?.name}: ${news.join(', ')}` });
  });
}

function unlimitedOf(route: Route): Route {
  let made = unlimited.get(route);
  if (!made) unlimited.set(route, (made = { ...route, timeouts: { ...route.timeouts, ...UNLIMITED } }));
  return made;
}

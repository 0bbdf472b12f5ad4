import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { PeerCaller } from '../../kits/peer-kit/peer-caller.ts';
import { peersRoute, readObject } from '../../kits/surface-kit/index.ts';
import type { RestartStep } from './answers.ts';
import type { Links } from './links.ts';
import { restartOwn, RollingRestart } from './rolling-restart.ts';

/**
 * `POST /nodes/restart` for an admin, as server-sent events; and `POST /peers/restart`, by which the node that was asked
 * restarts another: only where that one's config says that it may.
 */
export function restartRoutes(host: Host, links: Links): void {
  const { app } = host;
  const rolling = new RollingRestart(host, links);
  app.post('/nodes/restart', async (request, reply) => {
    const planned = rolling.plan(namesIn(request));
    const left = new AbortController();
    reply.raw.once('close', () => left.abort());
    const steps = rolling.run(planned, left.signal);
    // A refusal of the whole is an error with a status.
    const first = await steps.next();
    reply.hijack();
    await written(reply, first, steps);
  });
  app.post('/peers/restart', { config: peersRoute }, async ({ caller }) => {
    const { peer } = caller as PeerCaller;
    if (links.peers[peer]?.mayRestart !== true)
      throw new GatewayError(
        'role_not_allowed',
        `'${peer}' may not restart '${links.ownName}': set peers.${peer}.mayRestart in the config there`,
      );
    return { ...(await restartOwn(host)), previous_pid: process.pid };
  });
}

async function written(
  { raw }: FastifyReply,
  first: IteratorResult<RestartStep, unknown>,
  rest: AsyncGenerator<RestartStep>,
): Promise<void> {
  raw.on('error', () => undefined);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
  const tell = (step: RestartStep): void => void raw.write(`event: step\ndata: ${JSON.stringify(step)}\n\n`);
  if (!first.done) tell(first.value);
  for await (const step of rest) tell(step);
  raw.end();
}

/** @throws GatewayError `invalid_request` */
function namesIn(request: FastifyRequest): readonly string[] {
  const { nodes = [], ...others } = readObject(request);
  const [other] = Object.keys(others);
  if (other !== undefined)
    throw new GatewayError('invalid_request', `there is no member '${other}' here; there is: nodes`, {
      param: other,
    });
  if (!Array.isArray(nodes) || nodes.some((name) => typeof name !== 'string'))
    throw new GatewayError('invalid_request', "'nodes' must be a list of names", { param: 'nodes' });
  return nodes as string[];
}

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Call, Host } from '../../../core/contracts/index.ts';
import { answer, indexed, readBody, readCall } from '../../../kits/surface-kit/index.ts';
import { decoderFor } from '../../../wire/encoding/decompress.ts';
import { generic } from './dialects/dialects.ts';

/**
 * Most paths with a name of their own: paths come from callers, and routes and metrics are kept for each. Further paths
 * share one name.
 */
const MOST = 100;
const NAME = /^[a-z][\w.-]{0,39}$/i;
const OTHER = 'other';
const surfaces = new Set<string>();

/**
 * A JSON body with a `model`, on any path below `/v1`, is answered as a chat is: routed by its model, with failover,
 * trace and metrics. Any other body is passed on unread.
 * @param path below `/v1`
 * @returns whether it was answered
 */
export async function answerByModel(
  host: Host,
  path: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<boolean> {
  if (!mayNameModel(request)) return false;
  const { gateway } = host;
  const body = await bytesOf(request, host);
  const call = callIn(body, path, request, gateway.acceptsCallersKey);
  if (call === undefined || call.model === '') {
    request.body = Readable.from(body.length === 0 ? [] : [body]);
    return false;
  }
  await answer(call, generic(call.surface), request, reply, gateway);
  return true;
}

function mayNameModel({ method, headers }: FastifyRequest): boolean {
  const { 'content-type': type = '', 'content-encoding': encoding = '' } = headers;
  return (
    /^(?:POST|PUT|PATCH)$/.test(method) &&
    /^application\/(?:[\w.+-]+\+)?json/i.test(type) &&
    decoderFor(encoding) !== undefined
  );
}

function bytesOf(request: FastifyRequest, { app, gateway, config }: Host): Promise<Buffer> {
  const { bodyLimit: limit = 0 } = app.initialConfig;
  const reading = { limit, idleMs: config.server.bodyIdle, clock: gateway.clock, watcher: indexed(request) };
  return new Promise((resolve, reject) => {
    readBody(request, reading, (error, body) => (error ? reject(error) : resolve(body as Buffer)));
  });
}

/** undefined: not a JSON object, or its model is not a string: the upstream may know what it means. */
function callIn(body: Buffer, path: string, request: FastifyRequest, forward: boolean): Call | undefined {
  request.body = body;
  try {
    const call = readCall(request, { path, surface: surfaceOf(path), named: false }, forward);
    return { ...call, isUntranslatable: true };
  } catch {
    return undefined;
  }
}

function surfaceOf(path: string): string {
  const name = path.split('/')[1] ?? '';
  if (surfaces.has(name)) return name;
  if (!NAME.test(name) || surfaces.size >= MOST) return OTHER;
  surfaces.add(name);
  return name;
}

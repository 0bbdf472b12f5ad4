import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { UpstreamRequest } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isRefusal } from '../../../kits/feature-kit/index.ts';
import { isPlainPath } from '../../../wire/plain-path.ts';
import { withoutKeys, WithoutKeys } from '../../../wire/sent-keys.ts';

const NOTHING = Buffer.alloc(0);
/** Characters that the parsers of Node and undici accept in a header value, and that Node does not send. */
const NOT_IN_HEADERS = /[^\t\x20-\x7e\x80-\xff]/g;

export interface Passing {
  readonly upstream: UpstreamRequest;
  readonly agent: Dispatcher;
  /** aborts the upstream request */
  readonly signal: AbortSignal;
  /** the upstream's headers as the client gets them */
  readonly headersDown: (
    headers: IncomingHttpHeaders,
  ) => Readonly<Record<string, string | string[] | number>>;
}

/**
 * Sends a request on with its body as it arrives, and the answer back as it arrives.
 * @throws undici's error, where there is no answer
 */
export async function passOn(
  request: FastifyRequest,
  reply: FastifyReply,
  { upstream, agent, signal, headersDown }: Passing,
): Promise<FastifyReply> {
  const [path, query] = split(upstream.path);
  const body = request.body as Readable | Buffer | undefined;
  const length = request.headers['content-length'];
  const answer = await agent.request({
    origin: upstream.origin,
    // A query is the caller's own text, and goes on as it is.
    path: new URL(path, upstream.origin).pathname + query,
    method: request.method as Dispatcher.HttpMethod,
    headers: { ...upstream.headers, ...(body && length !== undefined && { 'content-length': length }) },
    body: body ?? null,
    signal,
  });
  const said = withoutKeys({ headers: answer.headers, body: NOTHING }, upstream);
  const headers = headersDown(said.headers);
  for (const name in headers) reply.header(name, sendable(headers[name]!));
  // What has not been read of the request would be taken for the next one.
  if (!request.raw.complete) reply.header('connection', 'close');
  void reply.code(answer.statusCode);
  if (!isRefusal(answer.statusCode) || request.method === 'HEAD') return reply.send(answer.body);
  return reply.send(pipeline(answer.body, new WithoutKeys(upstream), () => undefined));
}

/** @throws GatewayError for a path that another reader could take for one above its base, or on another host */
export function mustStayBelow(path: string): void {
  if (!isPlainPath(path))
    throw new GatewayError(
      'invalid_request',
      `the path '${path.slice(0, 100)}' leads elsewhere, or cannot be decoded`,
    );
}

/** @returns the query with its question mark */
export function split(url: string): [path: string, query: string] {
  const mark = url.indexOf('?');
  return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark)];
}

const sendable = (value: string | string[] | number): typeof value =>
  typeof value === 'string' ? value.replace(NOT_IN_HEADERS, '') : value;

import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host, ProcessLog } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { onReplaced, successionOf } from '../../../kits/feature-kit/index.ts';
import { whileAdmitted } from '../../../kits/surface-kit/index.ts';
import { FOLLOWED, Follower } from './follower.ts';
import { processOf } from './process-of.ts';
import { describeLine } from './describe-line.ts';

const LINES = 200;
const MOST_LINES = 10_000;
const LONGEST_SEARCH = 200;
/** characters of a file that are sent at once */
const PIECE = 65_536;

/**
 * `GET /providers/{name}/logs`: what a program wrote. `?lines=N` of the last lines, of those that contain
 * `?search=TEXT`; `?follow=true` continues with new lines, `?download=true` is everything kept, as text.
 */
export function logs(host: Host): void {
  const { app, gateway } = host;
  const followers = new Set<Follower>();
  const { replaced } = successionOf(gateway);
  app.get('/providers/:name/logs', async (request, reply) => {
    const upstream = gateway.upstreams.named((request.params as { name: string }).name);
    const { name } = upstream.provider;
    const { log } = processOf(upstream, 'it has no log here');
    const { lines, search, follow, download } = queryOf(request);
    if (download) return file(reply, name, log);
    if (!follow) return { data: (await log.last(lines, search)).map(describeLine) };
    if (replaced.aborted) throw new GatewayError('shutting_down', 'another process has taken over');
    reply.hijack();
    // A HEAD answer ends with its head.
    if (request.method === 'HEAD') return void reply.raw.writeHead(200, FOLLOWED).end();
    const follower = new Follower(reply.raw, log, search);
    followers.add(follower);
    whileAdmitted(request, reply, () => follower.end());
    reply.raw.once('close', () => followers.delete(follower));
    void follower.begin(lines, String(request.headers['last-event-id'] ?? ''));
    return reply;
  });
  // A follower would hold up the shutdown.
  const endAll = (): void => followers.forEach((follower) => follower.end());
  app.addHook('preClose', async () => endAll());
  onReplaced(host, endAll);
}

function file(reply: FastifyReply, name: string, log: ProcessLog): FastifyReply {
  reply.header('content-type', 'text/plain; charset=utf-8');
  reply.header('content-disposition', `attachment; filename="${encodeURIComponent(name)}.log"`);
  return reply.send(Readable.from(pieces(log)));
}

async function* pieces(log: ProcessLog): AsyncGenerator<string> {
  let piece = '';
  for await (const line of log.after(0)) {
    const { at, line: text } = describeLine(line);
    piece += `${at} ${text}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

interface Query {
  readonly lines: number;
  readonly search: string;
  readonly follow: boolean;
  readonly download: boolean;
}

/** @throws GatewayError invalid_request naming the parameter */
function queryOf(request: FastifyRequest): Query {
  const {
    lines = `${LINES}`,
    search = '',
    follow,
    download,
    ...unknown
  } = request.query as Partial<Record<string, string>>;
  const [other] = Object.keys(unknown);
  if (other !== undefined)
    throw invalid(
      other,
      `there is no query parameter '${other}' here; there are: lines, search, follow, download`,
    );
  const count = Number(lines);
  if (!Number.isInteger(count) || count < 1 || count > MOST_LINES)
    throw invalid('lines', `'lines' must be a whole number from 1 to ${MOST_LINES}; it is '${lines}'`);
  if (typeof search !== 'string' || search.length > LONGEST_SEARCH)
    throw invalid('search', `'search' must be one text of at most ${LONGEST_SEARCH} characters`);
  return { lines: count, search, follow: isTrue('follow', follow), download: isTrue('download', download) };
}

function isTrue(name: string, value: string | undefined): boolean {
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalid(name, `'${name}' must be true or false; it is '${value}'`);
}

const invalid = (param: string, message: string): GatewayError =>
  new GatewayError('invalid_request', message, { param });

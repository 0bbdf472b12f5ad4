import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import { GatewayError } from '../core/errors.ts';

const SLASH = 0x2f;
/** `GET http://host:port/path`, as clients of a proxy write it */
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)/i;

/** A version that the base URL has, and that the client adds all the same. */
const TWICE = /^\/+v1\/+(?=v1(?:beta)?\/)/;

/** The path of a client that puts `/v1` behind a base URL that ends with it. */
export const withOneVersion = ({ url = '/' }: Pick<IncomingMessage, 'url'>): string =>
  url.includes('v1/v1') || url.includes('v1//v1') ? url.replace(TWICE, '/') : url;

/**
 * Every request names one host and one path (RFC 9112 §3.2), before anything decides by them. A target in absolute form
 * is as good as one that begins with a slash, and its host is the one that counts.
 */
export function oneTarget(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    if (raw.url!.charCodeAt(0) !== SLASH && !takesOrigin(raw))
      return done(malformed(`the target of the request, '${raw.url!.slice(0, 100)}', is no path`));
    if (hostLines(raw) > 1) return done(malformed("the request has more than one 'Host' header"));
    done();
  });
}

/** Writes a target as its path; `*` is that of a server, which only OPTIONS may ask. */
function takesOrigin(raw: IncomingMessage): boolean {
  if (raw.url === '*') return raw.method === 'OPTIONS';
  const [, host, path = ''] = ABSOLUTE.exec(raw.url!) ?? [];
  if (host === undefined) return false;
  raw.headers.host = host;
  raw.url = path.startsWith('/') ? path : `/${path}`;
  return true;
}

function hostLines({ rawHeaders }: IncomingMessage): number {
  let lines = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    if (name.length === 4 && name.toLowerCase() === 'host') lines++;
  }
  return lines;
}

const malformed = (message: string): GatewayError => new GatewayError('invalid_request', message);

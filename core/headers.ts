import type { IncomingHttpHeaders } from 'node:http';

/** Headers that speak of one connection only (RFC 9110 §7.6.1), and what framing is made anew. */
const HOP_BY_HOP = new Set([
  'connection', 'keep-alive', 'proxy-authenticate', 'proxy-authorization', 'proxy-connection', 'te', 'trailer',
  'transfer-encoding', 'upgrade', 'content-length', 'host', 'expect', 'http2-settings',
]);

/** What a browser or a proxy in front adds, and every spelling of the caller's key. */
const NOT_UP = new Set([
  ...HOP_BY_HOP,
  'accept-encoding', 'authorization', 'x-api-key', 'api-key', 'cookie', 'origin', 'referer', 'forwarded', 'via',
  'x-real-ip', 'x-request-id',
]);
const NOT_UP_PREFIXES = ['sec-', 'x-forwarded-', 'x-switchyard-', 'cf-', 'access-control-'];

/** What an upstream says about its own site rather than about the answer. */
const NOT_DOWN = new Set([...HOP_BY_HOP, 'set-cookie', 'strict-transport-security', 'alt-svc', 'date', 'server', 'via']);
const NOT_DOWN_PREFIXES = ['access-control-', 'x-switchyard-'];

type Headers = Record<string, string | string[]>;

/** The caller's headers as an upstream may see them: no key, no cookie, nothing of the connection. */
export function headersUp(headers: IncomingHttpHeaders): Headers {
  return filtered(headers, NOT_UP, NOT_UP_PREFIXES);
}

/** An upstream's headers as the client may see them. */
export function headersDown(headers: IncomingHttpHeaders): Headers {
  return filtered(headers, NOT_DOWN, NOT_DOWN_PREFIXES);
}

function filtered(headers: IncomingHttpHeaders, dropped: ReadonlySet<string>, prefixes: readonly string[]): Headers {
  const named = headers.connection === undefined ? undefined : namedIn(headers.connection);
  const kept: Headers = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || dropped.has(name) || named?.has(name)) continue;
    if (prefixes.some((prefix) => name.startsWith(prefix))) continue;
    kept[name] = value;
  }
  return kept;
}

/** Headers that `Connection` itself names are of the connection too. */
function namedIn(connection: string | string[]): Set<string> {
  return new Set(String(connection).toLowerCase().split(/\s*,\s*/));
}

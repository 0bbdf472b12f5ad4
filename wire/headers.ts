import type { IncomingHttpHeaders } from 'node:http';

/** Headers of one connection only (RFC 9110 §7.6.1), and those that framing sets again. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-length',
  'host',
  'expect',
  'http2-settings',
]);

/** Headers that a browser or a proxy in front adds, and every spelling of the caller's key. */
const NOT_UP = new Set([
  ...HOP_BY_HOP,
  'accept-encoding',
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'cookie',
  'origin',
  'referer',
  'forwarded',
  'via',
  'x-real-ip',
  'x-request-id',
]);
const NOT_UP_PREFIXES = /^(?:sec-|x-forwarded-|x-switchyard-|cf-|access-control-)/;

/** An upstream's headers about its own site rather than about the answer. */
const NOT_DOWN = new Set([
  ...HOP_BY_HOP,
  'set-cookie',
  'strict-transport-security',
  'alt-svc',
  'date',
  'server',
  'via',
]);
const NOT_DOWN_PREFIXES = /^(?:access-control-|x-switchyard-)/;

type Headers = Record<string, string | string[]>;

/** The caller's headers for an upstream, without its key, cookies and connection headers. */
export function headersUp(headers: IncomingHttpHeaders): Headers {
  return filtered(headers, NOT_UP, NOT_UP_PREFIXES);
}

/** Content types that no browser renders as a page. */
const NO_PAGE = /^(application\/[\w.+-]*json|text\/event-stream)\b/i;

/** An upstream's headers for the client. */
export function headersDown(headers: IncomingHttpHeaders): Headers {
  const down = filtered(headers, NOT_DOWN, NOT_DOWN_PREFIXES);
  if (NO_PAGE.test(headers['content-type'] ?? '')) return down;
  // In a browser it would be a page of our origin, and could do what our own pages may.
  down['content-security-policy'] = 'sandbox';
  down['x-content-type-options'] = 'nosniff';
  return down;
}

const EVENT_STREAM = /^text\/event-stream\b/i;

/** nginx buffers answers unless told not to; a header of the upstream takes precedence. */
export function passAtOnce(headers: Record<string, string | string[] | number>): void {
  if (EVENT_STREAM.test(String(headers['content-type']))) headers['x-accel-buffering'] ??= 'no';
}

const PRINTABLE = /^[\x21-\x7e]*$/;

/** Any text as a header value: what is not printable ASCII is percent-encoded. */
export function headerText(text: string): string {
  return PRINTABLE.test(text) ? text : text.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
}

function filtered(headers: IncomingHttpHeaders, dropped: ReadonlySet<string>, prefixes: RegExp): Headers {
  const named = namedIn(headers.connection);
  const kept: Headers = {};
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || dropped.has(name) || named?.has(name)) continue;
    if (!prefixes.test(name)) kept[name] = value;
  }
  return kept;
}

/** Headers that `Connection` itself names belong to the connection too; it hardly ever names any. */
function namedIn(connection: string | string[] | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(
    String(connection)
      .toLowerCase()
      .split(/\s*,\s*/),
  );
}

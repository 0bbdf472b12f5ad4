import type { IncomingHttpHeaders } from 'node:http';
import { Malformed } from './malformed.ts';

/** Without a prototype, so that no name is there before it came, and yet with properties as fast as any object's. */
const Headers = function Headers() {} as unknown as new () => IncomingHttpHeaders;
Headers.prototype = Object.create(null);

/** Of these the first counts and later ones are dropped, as Node does it. */
const SINGLE = new Set([
  'age',
  'authorization',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
]);

export function noHeaders(): IncomingHttpHeaders {
  return new Headers();
}

/** One more header, in the shape of Node's IncomingHttpHeaders. */
export function addHeader(headers: IncomingHttpHeaders, name: string, value: string): void {
  // Asked so because reading what is not there is slow.
  if (!(name in headers)) headers[name] = name === 'set-cookie' ? [value] : value;
  else addAgain(headers, name, value);
}

function addAgain(headers: IncomingHttpHeaders, name: string, value: string): void {
  const before = headers[name];
  if (typeof before === 'object') {
    before.push(value);
  } else if (name === 'content-length') {
    if (before !== value) throw new Malformed('two content-lengths that differ');
  } else if (!SINGLE.has(name)) {
    headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`;
  }
}

import type { IncomingHttpHeaders } from 'node:http';
import { Malformed } from './malformed.ts';

/** Without a prototype, so that no name is inherited, and with properties as fast as those of any object. */
const Headers = function Headers() {} as unknown as new () => IncomingHttpHeaders;
Headers.prototype = Object.create(null);

/** Of these headers the first counts and later ones are dropped, as in Node. */
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

/** Adds a header, in the shape of Node's IncomingHttpHeaders. */
export function addHeader(headers: IncomingHttpHeaders, name: string, value: string): void {
  // `in`, because reading a missing property is slow.
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

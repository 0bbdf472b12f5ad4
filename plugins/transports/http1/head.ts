import type { IncomingHttpHeaders } from 'node:http';
import { addHeader, noHeaders } from './headers.ts';
import { Malformed } from './malformed.ts';
import { headerName } from './names.ts';

/** The most headers of an answer. */
export const MOST_HEADERS = 200;

const [TAB, LF, CR, SPACE, ZERO, NINE, DEL] = [9, 10, 13, 32, 48, 57, 127];

/** The parsed head of an answer. */
export class Head {
  readonly status: number;
  /** the minor number of HTTP/1.x */
  readonly minor: number;
  readonly headers: IncomingHttpHeaders;

  constructor(status: number, minor: number, headers: IncomingHttpHeaders) {
    this.status = status;
    this.minor = minor;
    this.headers = headers;
  }
}

/**
 * Reads the head of an answer (RFC 9112 §4 and §5).
 * @param text latin1; more may follow the head
 * @param end the place of the CR LF CR LF that ends the head
 * @throws Malformed
 */
export function readHead(text: string, end: number): Head {
  const minor = text.charCodeAt(7) - ZERO;
  if (!text.startsWith('HTTP/1.') || (minor !== 0 && minor !== 1) || text.charCodeAt(8) !== SPACE)
    throw new Malformed('its first line is not an HTTP/1 status line');
  const status = readStatus(text);
  let at = lineEnd(text, 12, 'the status line') + 2;
  const headers = noHeaders();
  for (let count = 1; at < end + 2; count++) {
    if (count > MOST_HEADERS) throw new Malformed(`more than ${MOST_HEADERS} headers`);
    at = readHeader(text, at, headers);
  }
  return new Head(status, minor, headers);
}

function readStatus(text: string): number {
  let status = 0;
  for (let at = 9; at < 12; at++) {
    const code = text.charCodeAt(at);
    if (code < ZERO || code > NINE) throw new Malformed('its status is not a number of three digits');
    status = status * 10 + code - ZERO;
  }
  const after = text.charCodeAt(12);
  if (status < 100 || (after !== SPACE && after !== CR))
    throw new Malformed('its status is not a number of three digits');
  return status;
}

/** @returns where the next line begins */
function readHeader(text: string, at: number, headers: IncomingHttpHeaders): number {
  const colon = text.indexOf(':', at);
  const name = colon < 0 ? undefined : headerName(text.slice(at, colon));
  if (name === undefined) throw new Malformed(wrongName(text.charCodeAt(at)));
  let from = colon + 1;
  while (isBlank(text.charCodeAt(from))) from++;
  const end = lineEnd(text, from, 'a header');
  let to = end;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  addHeader(headers, name, text.slice(from, to));
  return end + 2;
}

/** @returns where the line's CR LF is; nothing before it is a control character */
function lineEnd(text: string, from: number, what: string): number {
  let at = from;
  let code = text.charCodeAt(at);
  while (code >= SPACE ? code !== DEL : code === TAB) code = text.charCodeAt(++at);
  if (code === CR && text.charCodeAt(at + 1) === LF) return at;
  throw new Malformed(wrongCharacter(code, what));
}

export function wrongName(first: number): string {
  return isBlank(first) ? 'a header that is folded' : 'a header whose name is not valid';
}

export function wrongCharacter(code: number, what: string): string {
  if (code === LF) return `a line feed without a carriage return in ${what}`;
  if (code === CR) return `a carriage return without a line feed in ${what}`;
  return `a control character in ${what}`;
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

import { lengthOf } from '../../../wire/body/pieces.ts';
import type { UpstreamRequest } from '../../../core/contracts/index.ts';
import { Unsendable } from './malformed.ts';
import { headerName, isToken } from './names.ts';

/** Headers that are not sent: this client writes the framing, and does not understand what the others ask for. */
const OURS = new Set(['transfer-encoding', 'keep-alive', 'upgrade', 'expect', 'trailer']);
/** With these methods an empty body has a `content-length: 0` (RFC 9110 §8.6). */
const EXPECT_BODY = new Set(['POST', 'PUT', 'PATCH']);

const [TAB, SPACE, DEL, LAST] = [9, 32, 127, 255];

/**
 * The head of a request, as latin1 text.
 * @param host the value of `Host` where the headers have none
 * @throws Unsendable for a part that a server could read differently
 */
export function requestHead({ method, path, headers, body }: UpstreamRequest, host: string): string {
  if (!isToken(method) || method === 'CONNECT')
    throw new Unsendable(`the method ${JSON.stringify(method)} cannot be sent`);
  if (path[0] !== '/' || !isClean(path, SPACE + 1))
    throw new Unsendable(
      'the path cannot be sent: it does not begin with /, or holds a blank or a control character',
    );
  const length = lengthOf(body);
  let lines = '';
  let hostLine = `host: ${host}\r\n`;
  let connectionLine = 'connection: keep-alive\r\n';
  for (const given in headers) {
    const value = headers[given];
    if (value === undefined) continue;
    const name = headerName(given);
    if (name === undefined || OURS.has(name))
      throw new Unsendable(`the header ${JSON.stringify(given)} cannot be sent`);
    if (name === 'host') hostLine = `host: ${only(name, value)}\r\n`;
    else if (name === 'connection') connectionLine = `connection: ${option(only(name, value))}\r\n`;
    else if (name === 'content-length') agree(only(name, value), length);
    else if (typeof value === 'string') lines += `${given}: ${clean(name, value)}\r\n`;
    else for (const one of value) lines += `${given}: ${clean(name, one)}\r\n`;
  }
  if (length > 0 || EXPECT_BODY.has(method)) lines += `content-length: ${length}\r\n`;
  return `${method} ${path} HTTP/1.1\r\n${hostLine}${connectionLine}${lines}\r\n`;
}

function only(name: string, value: string | string[]): string {
  if (typeof value !== 'string') throw new Unsendable(`the header '${name}' cannot be sent more than once`);
  return clean(name, value);
}

function option(value: string): string {
  if (!/^(?:close|keep-alive)$/i.test(value))
    throw new Unsendable("the header 'connection' can only be close or keep-alive");
  return value;
}

function agree(value: string, length: number): void {
  if (value !== String(length)) throw new Unsendable("the header 'content-length' is not the body's length");
}

function clean(name: string, value: string): string {
  // A plugin in JavaScript may pass a number.
  const text = typeof value === 'string' ? value : String(value);
  if (!isClean(text, SPACE))
    throw new Unsendable(`the header '${name}' cannot be sent: it holds a character that no header may`);
  return text;
}

function isClean(text: string, lowest: number): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < lowest && (code !== TAB || lowest > SPACE)) || code === DEL || code > LAST) return false;
  }
  return true;
}

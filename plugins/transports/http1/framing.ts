import type { IncomingHttpHeaders } from 'node:http';
import type { Head } from './head.ts';
import { Malformed } from './malformed.ts';

/** Ends of a body that are not a length. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

/** ms that a connection may be idle: less than the 5 s after which Node servers and uvicorn close it. */
const IDLE = 4_000;
/** ms that are subtracted from a server's own `keep-alive` timeout. */
const MARGIN = 1_000;

/**
 * How the body of an answer ends (RFC 9112 §6.3).
 * @param bodiless the request was a HEAD
 * @returns bytes, CHUNKED or UNTIL_CLOSE
 * @throws Malformed where two readers could see two different ends
 */
export function bodyLength({ status, headers }: Head, bodiless: boolean): number {
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    if (length !== undefined) throw new Malformed('both transfer-encoding and content-length');
    if (coding.toLowerCase() !== 'chunked') throw new Malformed('a transfer-encoding other than chunked');
  }
  const bytes = length === undefined ? UNTIL_CLOSE : readLength(length);
  if (bodiless || status === 204 || status === 304) return 0;
  return coding === undefined ? bytes : CHUNKED;
}

/** ms that the connection may be idle after this answer; 0: it cannot be used again. */
export function idleTime({ minor, headers }: Head): number {
  if (minor === 0 || saysClose(headers.connection)) return 0;
  const granted = headers['keep-alive'];
  return granted === undefined ? IDLE : callerTimeout(headers);
}

function readLength(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Malformed('a content-length that is not a number');
  return Number(text);
}

function saysClose(connection: string | undefined): boolean {
  if (connection === undefined || connection === 'keep-alive') return false;
  return /(?:^|[\s,])close(?:$|[\s,])/i.test(connection);
}

let known = 'timeout=5';
let knownTime = IDLE;

/** A server sends the same value each time. */
function callerTimeout({ 'keep-alive': text = '' }: IncomingHttpHeaders): number {
  if (text === known) return knownTime;
  const seconds = /(?:^|[\s,;])timeout\s*=\s*"?(\d+)/i.exec(String(text))?.[1];
  const time = seconds === undefined ? IDLE : Math.min(IDLE, Math.max(0, Number(seconds) * 1_000 - MARGIN));
  if (text.length < 64) [known, knownTime] = [String(text), time];
  return time;
}

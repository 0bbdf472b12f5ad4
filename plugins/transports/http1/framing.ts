import type { IncomingHttpHeaders } from 'node:http';
import type { Head } from './head.ts';
import { Malformed } from './malformed.ts';

/** Lengths of a body that are no lengths. */
export const CHUNKED = -1;
export const UNTIL_CLOSE = -2;

/** An idle connection is given up while it is younger than what Node servers and uvicorn (5 s) grant it, in ms. */
const IDLE = 4_000;
/** What a server says of its own patience is trusted but for this, in ms. */
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

/** How long (ms) the connection may wait for its next request after this answer; 0: it has no next one. */
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

/** A server says the same each time. */
function callerTimeout({ 'keep-alive': text = '' }: IncomingHttpHeaders): number {
  if (text === known) return knownTime;
  const seconds = /(?:^|[\s,;])timeout\s*=\s*"?(\d+)/i.exec(String(text))?.[1];
  const time = seconds === undefined ? IDLE : Math.min(IDLE, Math.max(0, Number(seconds) * 1_000 - MARGIN));
  if (text.length < 64) [known, knownTime] = [String(text), time];
  return time;
}

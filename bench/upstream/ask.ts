import type { IncomingHttpHeaders } from 'node:http';

/** What a client can request of the upstream: `bytes` of a JSON answer, or `chunks` deltas `interval` ms apart. */
export interface Ask {
  stream: boolean;
  bytes: number;
  chunks: number;
  interval: number;
}

const usual: Ask = { stream: false, bytes: 1024, chunks: 64, interval: 20 };

// Parsing a big body would only heat the core the load shares; big bodies get the usual JSON answer.
const parseUpTo = 64 * 1024;

/** Reads `x-bench-*` headers or, for gateways that filter headers, the body's `bench` field. */
export function askedFor(headers: IncomingHttpHeaders, parts: readonly Buffer[]): Ask {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const body = length > 0 && length <= parseUpTo ? JSON.parse(Buffer.concat(parts).toString()) : {};
  return { ...usual, stream: body.stream === true, ...fromHeaders(headers), ...body.bench };
}

function fromHeaders(headers: IncomingHttpHeaders): Partial<Ask> {
  const ask: Partial<Ask> = {};
  for (const name of ['bytes', 'chunks', 'interval'] as const) {
    const value = headers[`x-bench-${name}`];
    if (value !== undefined) ask[name] = Number(value);
  }
  return ask;
}

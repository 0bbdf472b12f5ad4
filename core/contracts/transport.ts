/** How a request reaches an upstream, and how its answer comes back. */
import type { IncomingHttpHeaders } from 'node:http';
import type { UpstreamRequest } from './call.ts';

/** What comes back of one request, in this order: connected, head, data…, then one of end and lost. */
export interface Handler {
  /** @param reused the connection had carried a request before */
  connected(reused: boolean): void;
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  end(): void;
  /** @param incomplete not all of the request had left when it was lost, and nothing had come: it cannot have been worked on */
  lost(error: Error, incomplete: boolean): void;
}

/** One request under way. After `abort` nothing is called any more. */
export interface Exchange {
  abort(): void;
  pause(): void;
  resume(): void;
  /** What still comes is not wanted: it is read out as fast as it comes. */
  ignore(): void;
}

export interface Transport {
  /** @param fresh on a connection that carried nothing before */
  request(request: UpstreamRequest, handler: Handler, fresh?: boolean): Exchange;
  close(): Promise<void>;
}

/** What stands between this machine and an origin. */
export interface OutboundProxy {
  /** with its credentials */
  readonly uri: string;
  /** for people */
  readonly name: string;
  /** what named it */
  readonly variable: string;
}

/** Which proxy a request to an origin goes through, by the environment. */
export interface OutboundProxies {
  for(origin: string): OutboundProxy | undefined;
}

/** It also counts what comes. */
export interface CountingTransport extends Transport {
  /** bytes of answers' bodies that have come from an origin: they grow while a server there is answering */
  heard(origin: string): number;
}

/** W3C trace context (https://www.w3.org/TR/trace-context): which trace a request belongs to. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The span of a caller, as its `traceparent` says. */
export interface Parent {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
  readonly state: string | undefined;
}

const TRACEPARENT = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** undefined: there is none, or it is not valid, and the request begins a trace of its own. */
export function parentIn({ traceparent, tracestate }: IncomingHttpHeaders): Parent | undefined {
  const found = typeof traceparent === 'string' ? TRACEPARENT.exec(traceparent.trim()) : null;
  if (!found) return undefined;
  const [, version, traceId, spanId, flags, more] = found as unknown as string[];
  if (version === 'ff' || (version === '00' && more) || isZero(traceId) || isZero(spanId)) return undefined;
  return {
    traceId: traceId as string,
    spanId: spanId as string,
    isSampled: (parseInt(flags as string, 16) & SAMPLED) === SAMPLED,
    state: typeof tracestate === 'string' ? tracestate : undefined,
  };
}

export function traceparentOf(traceId: string, spanId: string, isSampled: boolean): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

export const newTraceId = (): string => randomBytes(16).toString('hex');
export const newSpanId = (): string => randomBytes(8).toString('hex');

const isZero = (id: string | undefined): boolean => id === undefined || /^0+$/.test(id);

import type { RequestFilter, TraceRecord } from '../../core/contracts/index.ts';
import { unpackTraces, type PackedTraces } from './pack-traces.ts';

export const tracesIn = (data: string): TraceRecord[] => unpackTraces(JSON.parse(data) as PackedTraces);

/**
 * LIKE patterns that the text of a row must match if a request in it does: a database tests them faster than JSON is
 * parsed.
 */
export function textsIn({ model, provider, status, ending, key, q }: RequestFilter): string[] {
  return [
    ...(model === undefined ? [] : [quoted(model)]),
    ...(ending === undefined ? [] : [quoted(ending)]),
    ...(key === undefined ? [] : [quoted(key)]),
    ...(status && status[0] === status[1] ? [`%,${status[0]},%`] : []),
    // `-` and `_` are the same in names, and `_` matches any character here.
    ...(provider === undefined ? [] : [`%"${escaped(provider).replaceAll(/\\?[-_]/g, '_')}/%`]),
    ...(q === undefined || !isPlain(q) ? [] : [`%${escaped(q)}%`]),
  ];
}

/** A pattern for a whole JSON text anywhere in a row. */
export const quoted = (value: string): string => `%"${escaped(value)}"%`;

/** With that id, ours or an upstream's own. */
export const hasId = ({ id, attempts }: TraceRecord, wanted: string): boolean =>
  id === wanted || attempts.some(({ upstreamId }) => upstreamId === wanted);

/** A text as JSON writes it between quotes, escaped for LIKE. */
const escaped = (text: string): string =>
  JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/[\\%_]/g, '\\$&');

/** LIKE ignores case for these letters only. */
const isPlain = (text: string): boolean => /^[\x20-\x7E]*$/.test(text);

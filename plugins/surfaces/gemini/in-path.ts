import type { FastifyRequest } from 'fastify';
import type { PathOf } from '../../../core/contracts/index.ts';
import type { InPath } from '../../../kits/surface-kit/index.ts';
import { JSON_ARRAY } from '../../../wire/framing/json-array.ts';
import { generatePath, methodPath } from './paths.ts';

/** What a path names: `/v1beta/models/MODEL:METHOD`. A model's own name may hold a colon. */
export function namedIn({ params }: FastifyRequest): { readonly model: string; readonly method: string } {
  const { '*': rest } = params as { '*': string };
  const colon = rest.lastIndexOf(':');
  return colon < 0
    ? { model: rest, method: '' }
    : { model: rest.slice(0, colon), method: rest.slice(colon + 1) };
}

/** Of `:generateContent` and `:streamGenerateContent`, which streams one JSON array unless events are asked for. */
export function generateInPath(request: FastifyRequest): InPath {
  const { model, method } = namedIn(request);
  const stream = method === 'streamGenerateContent';
  const query = queryUp(request);
  const pathOf: PathOf = query === '' ? generatePath : (asked) => withQuery(generatePath(asked), query);
  return { model, stream, pathOf, ...(stream && !wantsEvents(request) && { encoder: JSON_ARRAY }) };
}

/** Of a method that never streams. */
export function methodInPath(request: FastifyRequest): InPath {
  const { model, method } = namedIn(request);
  const query = queryUp(request);
  return { model, stream: false, pathOf: (asked) => withQuery(methodPath(asked.model, method), query) };
}

function wantsEvents({ query }: FastifyRequest): boolean {
  const { alt, $alt } = query as { alt?: unknown; $alt?: unknown };
  return (alt ?? $alt) === 'sse';
}

/** Parameters that the gateway itself sets: the key, and the form of the answer. */
const OURS: ReadonlySet<string> = new Set(['key', 'alt', '$alt', 'provider', 'api-version']);

function queryUp({ query }: FastifyRequest): string {
  const kept = Object.entries(query as Record<string, unknown>).flatMap(([name, value]) =>
    OURS.has(name) ? [] : [value].flat().map((one): [string, string] => [name, String(one)]),
  );
  return new URLSearchParams(kept).toString();
}

const withQuery = (path: string, query: string): string =>
  query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;

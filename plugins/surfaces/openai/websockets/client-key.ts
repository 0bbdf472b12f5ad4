import type { IncomingHttpHeaders } from 'node:http';
import { keyInProtocols } from '../../../../wire/socket-protocols.ts';

/** Azure's clients in a browser have their key in the query. */
const KEYS_IN_QUERY = new Set(['api-key', 'authorization']);

export const isKeyInQuery = (name: string): boolean => KEYS_IN_QUERY.has(name.toLowerCase());

/** The headers of a request, with the key of its subprotocol where such keys are looked for. */
export function withKey(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const key = keyInProtocols(headers);
  if (key === undefined || headers.authorization !== undefined) return headers;
  return { ...headers, authorization: `Bearer ${key}` };
}

import type { Context } from '../contracts/index.ts';

/** The caller of a request, for queues that are fair to callers: by the key that was sent, else by its address. */
export function callerOf({ call: { headers }, disconnect }: Context): string {
  const key = headers.authorization ?? headers['x-api-key'] ?? headers['api-key'];
  return key === undefined ? `from ${disconnect.from}` : `key ${String(key)}`;
}

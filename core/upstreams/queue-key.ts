import type { Context } from '../contracts/index.ts';

/** Whose request it is, for who shares fairly among callers: by the key that was sent, else by where it comes from. */
export function callerOf({ call: { headers }, disconnect }: Context): string {
  const key = headers.authorization ?? headers['x-api-key'] ?? headers['api-key'];
  return key === undefined ? `from ${disconnect.from}` : `key ${String(key)}`;
}

import type { Context } from './contracts.ts';

/** Whose request it is, for who shares fairly among callers: by the key that was sent, else by where it comes from. */
export function callerOf({ call: { headers }, leaving }: Context): string {
  const key = headers.authorization ?? headers['x-api-key'] ?? headers['api-key'];
  return key === undefined ? `from ${leaving.from}` : `key ${String(key)}`;
}

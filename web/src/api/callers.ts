import { queryOptions } from '@tanstack/react-query';
import { get, send } from './client.ts';
import type { CallerKey, Keys, Limits, MadeKey, RevokedKey, Usage } from './types.ts';

export type UsageQuery = Readonly<
  Record<'by' | 'since' | 'key' | 'model' | 'provider' | 'owner', string | undefined>
>;

const path = (name: string): string => `keys/${encodeURIComponent(name)}`;

/** Keys of callers, what they have used, and what is left. */
export const callers = {
  keys: () =>
    queryOptions({
      queryKey: ['keys'],
      queryFn: ({ signal }) => get<Keys>('keys', { signal }),
      select: ({ data }) => data,
      // Their last use has no event.
      refetchInterval: 10_000,
    }),
  usage: (query: Partial<UsageQuery>) =>
    queryOptions({
      queryKey: ['usage', query],
      queryFn: ({ signal }) => get<Usage>('usage', { query, signal }),
      refetchInterval: 30_000,
    }),
  limits: () =>
    queryOptions({
      queryKey: ['limits'],
      queryFn: ({ signal }) => get<Limits>('limits', { signal }),
      select: ({ data }) => data,
      refetchInterval: 30_000,
    }),
};

export type Traits = Readonly<Record<string, unknown>>;

export const makeKey = (body: Traits) => send<MadeKey>('POST', 'keys', { body });
export const changeKey = (name: string, body: Traits) => send<CallerKey>('PATCH', path(name), { body });
export const rotateKey = (name: string, oldUntil: string) =>
  send<MadeKey>('POST', `${path(name)}/rotate`, { body: { oldUntil } });
export const revokeKey = (name: string, now: boolean) =>
  send<RevokedKey>('POST', `${path(name)}/revoke`, { body: { now } });
export const removeKey = (name: string) => send('DELETE', path(name));

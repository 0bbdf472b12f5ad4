import { queryOptions, useQuery } from '@tanstack/react-query';
import { get } from './client.ts';
import type { OwnAccess } from './types.ts';

const access = () =>
  queryOptions({
    queryKey: ['access'],
    queryFn: ({ signal }) => get<OwnAccess>('access', { signal }),
    staleTime: 60_000,
  });

/** What the key that was entered may do; undefined: that is not known yet. */
export function useAccess(): OwnAccess | undefined {
  return useQuery(access()).data;
}

type Doing = 'the gateway' | 'a model' | undefined;

/** Why the key may not change the gateway, or call a model; undefined: it may. */
export function useWhyNot(doing: Doing): string | undefined {
  const role = useAccess()?.role;
  if (doing === undefined || role === undefined || role === 'admin') return undefined;
  if (doing === 'a model') return role === 'viewer' ? 'The key of a viewer calls no model.' : undefined;
  return `The key of a ${role} changes nothing.`;
}

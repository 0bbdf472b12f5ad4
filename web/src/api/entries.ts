import { queryOptions } from '@tanstack/react-query';
import type { Schema } from './balancing.ts';
import { get, send } from './client.ts';
import type { ModelEntry, ProviderEntry, ProviderKind, Trial } from './types.ts';

/** A kind of provider; the type of a JSON Schema is recursive, which no schema says to the compiler. */
export interface Kind extends Omit<ProviderKind, 'options'> {
  readonly options: Schema;
}

export type Members = Readonly<Record<string, unknown>>;

const providerPath = (name: string): string => `providers/${encodeURIComponent(name)}`;
const modelPath = (name: string): string =>
  `config/models/${name.split('/').map(encodeURIComponent).join('/')}`;

/** Entries of the config. */
export const entries = {
  kinds: () =>
    queryOptions({
      queryKey: ['provider-kinds'],
      queryFn: ({ signal }) => get<{ data: readonly Kind[] }>('provider-kinds', { signal }),
      select: ({ data }) => data,
      staleTime: Number.POSITIVE_INFINITY,
    }),
  provider: (name: string) =>
    queryOptions({
      queryKey: ['providers', name, 'entry'],
      queryFn: ({ signal }) => get<ProviderEntry>(`${providerPath(name)}/entry`, { signal }),
    }),
  model: (name: string) =>
    queryOptions({
      queryKey: ['routes', name, 'entry'],
      queryFn: ({ signal }) => get<ModelEntry>(modelPath(name), { signal }),
    }),
};

export const addProvider = (body: Members) => send<ProviderEntry>('POST', 'providers', { body });
export const changeProvider = (name: string, body: Members) =>
  send<ProviderEntry>('PATCH', providerPath(name), { body });
export const removeProvider = (name: string) => send<{ switchedOff: boolean }>('DELETE', providerPath(name));
export const testProvider = (body: Members) => send<Trial>('POST', 'providers/test', { body });

export const addModel = (body: Members) => send<ModelEntry>('POST', 'config/models', { body });
export const changeModel = (name: string, body: Members) =>
  send<ModelEntry>('PATCH', modelPath(name), { body });
export const removeModel = (name: string) => send('DELETE', modelPath(name));

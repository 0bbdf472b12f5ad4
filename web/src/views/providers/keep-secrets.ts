import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import type { ApiError } from '../../api/api-error.ts';
import { send } from '../../api/client.ts';
import type { StoredSecrets } from '../../api/types.ts';
import { toast } from '../../shell/toast.ts';

/** Stores secrets by name for a provider's process. @returns a message about it */
export function useKeepSecrets(
  provider: string,
): UseMutationResult<readonly string[], ApiError, Readonly<Record<string, string>>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (secrets) => {
      const path = `providers/${encodeURIComponent(provider)}/secrets`;
      const { remarks } = await send<StoredSecrets>('PUT', path, { body: secrets });
      return remarks;
    },
    // The values would stay in the page's memory with the mutation.
    gcTime: 0,
    onSettled: () => client.invalidateQueries({ queryKey: ['providers'] }),
  });
}

export function useForgetSecret(provider: string): UseMutationResult<unknown, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name) =>
      send('DELETE', `providers/${encodeURIComponent(provider)}/secrets/${encodeURIComponent(name)}`),
    onSuccess: (_, name) => toast({ tone: 'well', title: `${name} is forgotten` }),
    onError: (error, name) =>
      toast({ tone: 'bad', title: `Could not forget ${name}`, detail: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['providers'] }),
  });
}

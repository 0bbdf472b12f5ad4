import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { toast } from '../shell/toast.ts';
import { send } from './client.ts';
import type { Provider } from './types.ts';

/** Resets a provider's targets, so that they get requests again at once. */
export function useResetTargets(): UseMutationResult<unknown, Error, Pick<Provider, 'name' | 'targets'>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ targets }) =>
      Promise.all(
        targets
          .flatMap((target) => [target, ...(target.names ?? [])])
          .filter(({ blocks }) => Object.keys(blocks).length > 0)
          .map(({ target }) => send('POST', `targets/${encodeURIComponent(target)}/reset`)),
      ),
    onSuccess: (_, { name }) => toast({ tone: 'well', title: `${name} is unblocked` }),
    onError: (error, { name }) =>
      toast({ tone: 'bad', title: `Could not unblock ${name}`, detail: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['providers'] }),
  });
}

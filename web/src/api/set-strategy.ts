import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { toast } from '../shell/toast.ts';
import { send } from './client.ts';

/** Changes the strategy, from the next request on. */
export function useSetStrategy(): UseMutationResult<unknown, Error, string> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (strategy: string) => send('POST', 'config/load-balancing', { query: { strategy } }),
    onSuccess: (_, strategy) =>
      toast({ tone: 'well', title: `${strategy} is used from the next request on` }),
    onError: (error) => toast({ tone: 'bad', title: 'Could not change the strategy', detail: error.message }),
    onSettled: () => client.invalidateQueries({ queryKey: ['balancing'] }),
  });
}

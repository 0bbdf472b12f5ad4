import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import type { Provider } from '../../../api/types.ts';
import { plural } from '../../../format/numbers.ts';
import { rememberAgreed } from '../../../shell/first-install/first-install.ts';
import { toast } from '../../../shell/toast.ts';
import { BULK_ACTIONS, type BulkAction } from './bulk-action.ts';

interface Asked {
  readonly action: BulkAction;
  readonly providers: readonly Provider[];
}

/** Runs an action on many programs at once, and reports the failures. Their states show the progress. */
export function useBulkAction(): UseMutationResult<readonly string[], Error, Asked> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ action, providers }) => {
      rememberAgreed(providers.filter(({ process }) => process?.state === 'absent'));
      const done = await Promise.allSettled(
        providers.map(({ name }) => send('POST', `providers/${encodeURIComponent(name)}/${action}`)),
      );
      return done.flatMap((one) =>
        one.status === 'rejected' ? [String((one.reason as Error).message)] : [],
      );
    },
    onSuccess: (failures, { action, providers }) => {
      const done = providers.length - failures.length;
      toast({
        tone: failures.length === 0 ? 'well' : 'bad',
        title: `${BULK_ACTIONS[action].verb}: done for ${done} of ${plural(providers.length, 'program')}`,
        ...(failures.length === 0 ? {} : { detail: failures.join(' · ') }),
      });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['providers'] }),
  });
}

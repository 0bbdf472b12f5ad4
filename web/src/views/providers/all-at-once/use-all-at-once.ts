import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { send } from '../../../api/client.ts';
import type { Provider } from '../../../api/types.ts';
import { plural } from '../../../format/numbers.ts';
import { rememberAgreed } from '../../../shell/first-install/first-install.ts';
import { toast } from '../../../shell/toast.ts';
import { DEEDS, type Deed } from './whom.ts';

interface Asked {
  readonly deed: Deed;
  readonly providers: readonly Provider[];
}

/** Does the same with many, all at the same time, and says with whom it went wrong. Their states tell how far it is. */
export function useAllAtOnce(): UseMutationResult<readonly string[], Error, Asked> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ deed, providers }) => {
      rememberAgreed(providers.filter(({ process }) => process?.state === 'absent'));
      const done = await Promise.allSettled(
        providers.map(({ name }) => send('POST', `providers/${encodeURIComponent(name)}/${deed}`)),
      );
      return done.flatMap((one) =>
        one.status === 'rejected' ? [String((one.reason as Error).message)] : [],
      );
    },
    onSuccess: (failures, { deed, providers }) => {
      const done = providers.length - failures.length;
      toast({
        tone: failures.length === 0 ? 'well' : 'bad',
        title: `${DEEDS[deed].verb}: done for ${done} of ${plural(providers.length, 'program')}`,
        ...(failures.length === 0 ? {} : { detail: failures.join(' · ') }),
      });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['providers'] }),
  });
}

import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { toast } from '../shell/toast.ts';

interface Change<Asked, Told> {
  readonly act: (asked: Asked) => Promise<Told>;
  /** the message when it is done */
  readonly done: (told: Told, asked: Asked) => string;
  /** the message when it failed; undefined: the caller shows it */
  readonly failed?: string;
}

/** A change of routes or strategies. Queries that show it are reloaded, whether it succeeded or not. */
export function useChange<Asked = void, Told = unknown>({
  act,
  done,
  failed,
}: Change<Asked, Told>): UseMutationResult<Told, Error, Asked> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (told, asked) => toast({ tone: 'well', title: done(told, asked) }),
    onError: (error) => {
      if (failed !== undefined) toast({ tone: 'bad', title: failed, detail: error.message });
    },
    onSettled: () =>
      Promise.all(
        ['balancing', 'routes', 'config', 'providers', 'models', 'keys', 'limits'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      ),
  });
}

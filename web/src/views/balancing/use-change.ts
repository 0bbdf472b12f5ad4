import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { toast } from '../../shell/toast.ts';

interface Deed<Asked, Told> {
  readonly act: (asked: Asked) => Promise<Told>;
  /** what to say when it is done */
  readonly done: (told: Told, asked: Asked) => string;
  /** what to say when it is not; undefined: whoever asked says it */
  readonly failed?: string;
}

/** A change to what is balanced how. All that shows it is asked for again, whether it came about or not. */
export function useChange<Asked = void, Told = unknown>({
  act,
  done,
  failed,
}: Deed<Asked, Told>): UseMutationResult<Told, Error, Asked> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: (told, asked) => toast({ tone: 'well', title: done(told, asked) }),
    onError: (error) => {
      if (failed !== undefined) toast({ tone: 'bad', title: failed, detail: error.message });
    },
    onSettled: () =>
      Promise.all(
        ['balancing', 'routes', 'config', 'providers'].map((key) =>
          client.invalidateQueries({ queryKey: [key] }),
        ),
      ),
  });
}

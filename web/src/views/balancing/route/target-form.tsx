import { useState } from 'react';
import type { Route } from '../../../api/balancing.ts';
import { send } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { useChange } from '../use-change.ts';
import { isOverridden, wordsOf, type Draft } from './draft.ts';
import { TargetRow } from './target-row.tsx';

interface Props {
  readonly route: Route;
  readonly minutes: number;
}

/** Weights and priorities, from the next request on. */
export function TargetForm({ route, minutes }: Props) {
  const [draft, setDraft] = useState<Draft>({});
  const path = `routes/${route.model.split('/').map(encodeURIComponent).join('/')}`;
  const words = wordsOf(draft, route);
  const apply = useChange({
    act: () => send('PATCH', path, { body: { targets: words } }),
    done: () => `${route.model} is shared anew from the next request on`,
  });
  const takeBack = useChange({
    act: () => send('DELETE', path),
    done: () => `${route.model} is shared as the file says`,
    failed: 'The weights could not be taken back',
  });
  return (
    <form
      aria-label={`Weights of ${route.model}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (words.length > 0) apply.mutate(undefined, { onSuccess: () => setDraft({}) });
      }}
    >
      <div className="overflow-x-auto">
        <table className="w-full border-collapse text-left">
          <thead>
            <tr className="border-y">
              {['Target', 'Weight', 'Priority', `Share of ${minutes} min`, 'In flight', 'Left alone for'].map(
                (head) => (
                  <th key={head} scope="col" className="eyebrow px-3 py-1.5 whitespace-nowrap">
                    {head}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody className="divide-y">
            {route.targets.map((target) => (
              <TargetRow
                key={target.target}
                target={target}
                typed={draft[target.target] ?? {}}
                change={(typed) =>
                  setDraft({ ...draft, [target.target]: { ...draft[target.target], ...typed } })
                }
              />
            ))}
          </tbody>
        </table>
      </div>
      {apply.error && (
        <p role="alert" className="border-t px-3 py-2 whitespace-pre-wrap text-bad">
          {apply.error.message}
        </p>
      )}
      {(words.length > 0 || isOverridden(route)) && (
        <div className="flex flex-wrap justify-end gap-2 border-t px-3 py-2">
          {words.length > 0 && (
            <Button look="quiet" onClick={() => setDraft({})}>
              Leave it
            </Button>
          )}
          {isOverridden(route) && (
            <Button
              busy={takeBack.isPending}
              onClick={() => takeBack.mutate(undefined, { onSuccess: () => setDraft({}) })}
            >
              As the file says
            </Button>
          )}
          <Button type="submit" look="primary" busy={apply.isPending} disabled={words.length === 0}>
            Use these weights
          </Button>
        </div>
      )}
    </form>
  );
}

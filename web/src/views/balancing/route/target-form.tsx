import { useState } from 'react';
import type { Route, RouteTarget } from '../../../api/types.ts';
import { send } from '../../../api/client.ts';
import { Button } from '../../../ui/button.tsx';
import { LongBody } from '../../../ui/long.tsx';
import { useChange } from '../../../api/use-change.ts';
import { isOverridden, wordsOf, type Draft, type Typed } from './draft.ts';
import { TargetRow } from './target-row.tsx';

interface Props {
  readonly route: Route;
  readonly minutes: number;
}

/** px of a row on a wide screen */
const HEIGHT = 45;

/** Weights and priorities, from the next request on. */
export function TargetForm({ route, minutes }: Props) {
  const [draft, setDraft] = useState<Draft>({});
  const path = `routes/${route.model.split('/').map(encodeURIComponent).join('/')}`;
  const words = wordsOf(draft, route);
  const apply = useChange({
    act: () => send('PATCH', path, { body: { targets: words } }),
    done: () => `The weights of ${route.model} hold from the next request on`,
  });
  const takeBack = useChange({
    act: () => send('DELETE', path),
    done: () => `${route.model} has the weights of the config file`,
    failed: 'The weights could not be reset',
  });
  const forget = (): void => {
    setDraft({});
    apply.reset();
  };
  return (
    <form
      aria-label={`Weights of ${route.model}`}
      // An error is shown in the gateway's own words.
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (words.length > 0) apply.mutate(undefined, { onSuccess: () => setDraft({}) });
      }}
    >
      <Targets
        targets={route.targets}
        minutes={minutes}
        draft={draft}
        change={(target, typed) => setDraft({ ...draft, [target]: { ...draft[target], ...typed } })}
      />
      {(words.length > 0 || isOverridden(route)) && (
        // Visible however long the table is, with the errors.
        <div className="sticky -bottom-4 flex flex-wrap items-center justify-end gap-2 rounded-b-lg border-t bg-raised px-3 py-2 md:-bottom-5">
          {apply.error && (
            <p role="alert" className="min-w-0 flex-1 basis-60 whitespace-pre-wrap text-bad">
              {apply.error.message}
            </p>
          )}
          {words.length > 0 && (
            <Button look="quiet" onClick={forget}>
              Discard
            </Button>
          )}
          {isOverridden(route) && (
            <Button
              changes="the gateway"
              busy={takeBack.isPending}
              onClick={() => takeBack.mutate(undefined, { onSuccess: forget })}
            >
              Reset to the config file
            </Button>
          )}
          <Button
            type="submit"
            changes="the gateway"
            look="primary"
            busy={apply.isPending}
            disabled={words.length === 0}
          >
            Use these weights
          </Button>
        </div>
      )}
    </form>
  );
}

interface TargetsProps {
  readonly targets: readonly RouteTarget[];
  readonly minutes: number;
  readonly draft: Draft;
  readonly change: (target: string, typed: Typed) => void;
}

function Targets({ targets, minutes, draft, change }: TargetsProps) {
  const heads = ['Target', 'Weight', 'Priority', `Share of ${minutes} min`, 'In flight', 'Blocked because'];
  return (
    <div className="overflow-x-auto">
      <table aria-rowcount={targets.length + 1} className="block w-full border-collapse text-left sm:table">
        <thead className="hidden sm:table-header-group">
          <tr className="border-y">
            {heads.map((head) => (
              <th key={head} scope="col" className="eyebrow px-3 py-1.5 whitespace-nowrap">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <LongBody
          count={targets.length}
          height={HEIGHT}
          className="block divide-y border-t sm:table-row-group sm:border-t-0"
        >
          {(index, row) => {
            const target = targets[index] as RouteTarget;
            return (
              <TargetRow
                key={target.target}
                row={row}
                target={target}
                minutes={minutes}
                typed={draft[target.target] ?? {}}
                change={(typed) => change(target.target, typed)}
              />
            );
          }}
        </LongBody>
      </table>
    </div>
  );
}

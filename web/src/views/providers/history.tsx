import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import { dateTime } from '../../format/time.ts';
import { stateWords } from '../../format/words.ts';
import type { State } from '../../api/types.ts';
import { classes } from '../../ui/classes.ts';
import { Lamp, StateBadge } from '../../ui/signal.tsx';
import { TEXT, toneOf } from '../../ui/tone.ts';
import { Empty, QueryState } from '../../ui/states.tsx';

/** Every change of its state with its reason, newest first. */
export function History({ name }: { readonly name: string }) {
  const query = useQuery(queries.history(name));
  return (
    <QueryState query={query}>
      {(changes) =>
        changes.length === 0 ? (
          <Empty title="No changes yet.">Each change of state appears here with its reason.</Empty>
        ) : (
          <ol
            aria-label="Changes of its state, newest first"
            className="divide-y rounded-lg border bg-raised"
          >
            {changes.map(({ at, state, reason }, index) => (
              <li
                // Two changes may have the same time.
                key={`${at} ${changes.length - index}`}
                className="grid gap-x-4 px-3 py-1.5 sm:grid-cols-[9rem_7rem_minmax(0,1fr)]"
              >
                <time dateTime={new Date(at).toISOString()} className="text-ink-soft">
                  {dateTime(at)}
                </time>
                {index === 0 ? <StateBadge state={state} /> : <PastState state={state} />}
                <span className="[overflow-wrap:anywhere]">{reason}</span>
              </li>
            ))}
          </ol>
        )
      }
    </QueryState>
  );
}

/** A past state: without animation. */
function PastState({ state }: { readonly state: State }) {
  const tone = toneOf(state);
  return (
    <span className={classes('inline-flex items-center gap-1.5 font-medium', TEXT[tone])}>
      <Lamp tone={tone === 'busy' ? 'off' : tone} />
      {stateWords(state)}
    </span>
  );
}

import { useQuery } from '@tanstack/react-query';
import { queries } from '../../api/queries.ts';
import type { Provider } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { clock } from '../../format/time.ts';
import { classes } from '../../ui/classes.ts';
import { Skeleton } from '../../ui/states.tsx';
import { beats, type Beat, type Minute } from './beats.ts';

const LOOKS: Readonly<Record<Beat, string>> = {
  well: 'h-full bg-well',
  some: 'h-full bg-warn',
  bad: 'h-full bg-bad',
  idle: 'h-1/2 bg-well opacity-55',
  off: 'h-1/4 bg-line-strong opacity-60',
  unknown: 'h-1/4 bg-line',
};

/** The last hour of a provider, a bar a minute. */
export function Heartbeat({ provider }: { readonly provider: Provider }) {
  const { name } = provider;
  const { state } = provider;
  const statistics = useQuery(queries.statistics('1h', { provider: name }));
  const history = useQuery(queries.history(name));
  if (statistics.error) return <p className="text-xs text-ink-faint">no history is kept</p>;
  if (!statistics.data) return <Skeleton className="h-6 w-full" />;
  const minutes = beats({ series: statistics.data.series, changes: history.data ?? [], state });
  return (
    <div role="img" aria-label={told(minutes)} className="flex h-6 items-end gap-px">
      {minutes.map(({ at, beat, requests, errors }) => (
        <span
          key={at}
          title={`${clock(at).slice(0, 5)}: ${wordOf(beat, requests, errors)}`}
          className={classes('min-w-0 flex-1 rounded-[1px]', LOOKS[beat])}
        />
      ))}
    </div>
  );
}

function told(minutes: readonly Minute[]): string {
  const sum = (pick: (minute: Minute) => number): number => minutes.reduce((all, one) => all + pick(one), 0);
  const bad = minutes.filter(({ beat }) => beat === 'bad').length;
  const answered = sum(({ requests }) => requests);
  return `The last hour: ${answered} answered, ${sum(({ errors }) => errors)} failed, ${plural(bad, 'bad minute')}`;
}

function wordOf(beat: Beat, requests: number, errors: number): string {
  if (requests + errors > 0) return `${requests} answered, ${errors} failed`;
  return {
    well: 'well',
    some: 'some failed',
    bad: 'down',
    idle: 'up, not asked',
    off: 'not running',
    unknown: 'not known',
  }[beat];
}

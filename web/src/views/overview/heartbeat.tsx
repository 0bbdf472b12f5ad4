import { useQuery } from '@tanstack/react-query';
import { useState, type PointerEvent } from 'react';
import { queries } from '../../api/queries.ts';
import type { Provider } from '../../api/types.ts';
import { plural } from '../../format/numbers.ts';
import { clock } from '../../format/time.ts';
import { Skeleton } from '../../ui/states.tsx';
import { beats, type Beat, type Minute } from './beats.ts';

/** of 1 */
const HEIGHTS: Readonly<Record<Beat, number>> = {
  well: 1,
  some: 1,
  bad: 1,
  idle: 0.5,
  off: 0.25,
  unknown: 0.25,
};
const LOOKS: Readonly<Record<Beat, string>> = {
  well: 'fill-well',
  some: 'fill-warn',
  bad: 'fill-bad',
  idle: 'fill-well opacity-55',
  off: 'fill-line-strong opacity-60',
  unknown: 'fill-line',
};
/** of a minute's width */
const BAR = 0.8;

/** The last hour of a provider, a bar a minute. */
export function Heartbeat({ provider }: { readonly provider: Provider }) {
  const { name } = provider;
  const { state } = provider;
  const statistics = useQuery(queries.statistics('1h', { provider: name }));
  const history = useQuery(queries.history(name));
  if (statistics.error) return <p className="text-xs text-ink-faint">no history kept</p>;
  if (!statistics.data) return <Skeleton className="h-6 w-full" />;
  const minutes = beats({ series: statistics.data.series, changes: history.data ?? [], state });
  return <Bars minutes={minutes} />;
}

/** One path for each kind of minute rather than an element for each minute: there may be many providers. */
function Bars({ minutes }: { readonly minutes: readonly Minute[] }) {
  const [pointed, setPointed] = useState<number>();
  const point = ({ clientX, currentTarget }: PointerEvent): void => {
    const { left, width } = currentTarget.getBoundingClientRect();
    setPointed(Math.floor(((clientX - left) / width) * minutes.length));
  };
  const minute = pointed === undefined ? undefined : minutes[pointed];
  return (
    <div
      role="img"
      aria-label={told(minutes)}
      title={minute && `${clock(minute.at).slice(0, 5)}: ${wordOf(minute)}`}
      onPointerMove={point}
      className="h-6"
    >
      <svg viewBox={`0 0 ${minutes.length} 1`} preserveAspectRatio="none" className="size-full">
        {(Object.keys(LOOKS) as Beat[]).map((beat) => (
          <path key={beat} d={pathOf(beat, minutes)} className={LOOKS[beat]} />
        ))}
      </svg>
    </div>
  );
}

function pathOf(beat: Beat, minutes: readonly Minute[]): string {
  const height = HEIGHTS[beat];
  return minutes.map((minute, at) => (minute.beat === beat ? `M${at} 1v-${height}h${BAR}V1z` : '')).join('');
}

function told(minutes: readonly Minute[]): string {
  const sum = (pick: (minute: Minute) => number): number => minutes.reduce((all, one) => all + pick(one), 0);
  const bad = minutes.filter(({ beat }) => beat === 'bad').length;
  const answered = sum(({ requests }) => requests);
  return `The last hour: ${answered} answered, ${sum(({ errors }) => errors)} failed, ${plural(bad, 'bad minute')}`;
}

function wordOf({ beat, requests, errors }: Minute): string {
  if (requests + errors > 0) return `${requests} answered, ${errors} failed`;
  return {
    well: 'answered',
    some: 'some failed',
    bad: 'down',
    idle: 'up, no requests',
    off: 'not running',
    unknown: 'unknown',
  }[beat];
}

import type { RouteTarget } from '../../../api/types.ts';
import { percent, plural } from '../../../format/numbers.ts';
import { useLive } from '../../../live/store.ts';
import { spanWords } from '../../../live/window.ts';
import { Middle } from '../../../ui/middle.tsx';

/** ticks, one each second: enough for a share, short enough to see a change */
const SECONDS = 30;
/** most targets with a colour and a name; the others are one sum */
const NAMED = 6;

/** How the requests of the last seconds were shared among the targets, live: those with most by name. */
export function Shares({ targets }: { readonly targets: readonly RouteTarget[] }) {
  const ticks = useLive((live) => live.ticks);
  const recent = ticks.slice(-SECONDS);
  const counts = targets.map(({ target }) => ({
    target,
    count: recent.reduce((sum, { shares }) => sum + (shares[target] ?? 0), 0),
  }));
  const all = sumOf(counts);
  // A few keep their order, so that the colours stay in place.
  const named =
    targets.length <= NAMED ? counts : counts.toSorted((a, b) => b.count - a.count).slice(0, NAMED);
  const others = targets.length - named.length;
  const rest = all - sumOf(named);
  const shareOf = (count: number): number => (all === 0 ? 0 : count / all);
  return (
    <figure className="grid grid-cols-[minmax(0,1fr)] gap-1.5">
      <figcaption className="flex justify-between text-xs text-ink-soft">
        <span>Requests of {spanWords(recent, SECONDS)}</span>
        <span>{plural(all, 'request')}</span>
      </figcaption>
      <div aria-hidden="true" className="flex h-5 gap-px overflow-hidden rounded bg-sunken">
        {named.map(({ target, count }, index) => (
          <div
            key={target}
            style={{ width: `${shareOf(count) * 100}%`, background: colourOf(index) }}
            className="transition-[width] duration-500"
          />
        ))}
        {rest > 0 && <div style={{ width: `${shareOf(rest) * 100}%` }} className="bg-line-strong" />}
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs">
        {named.map(({ target, count }, index) => (
          <li key={target} className="flex min-w-0 items-center gap-1.5">
            <span
              aria-hidden="true"
              className="size-2 shrink-0 rounded-sm"
              style={{ background: colourOf(index) }}
            />
            <Middle text={target} />
            <span className="font-semibold whitespace-nowrap">
              {all === 0 ? '–' : percent(shareOf(count))}
            </span>
          </li>
        ))}
        {others > 0 && (
          <li className="text-ink-soft">
            {plural(others, 'other target')}{' '}
            <span className="font-semibold">{all === 0 ? '–' : percent(shareOf(rest))}</span>
          </li>
        )}
      </ul>
    </figure>
  );
}

const sumOf = (counts: readonly { readonly count: number }[]): number =>
  counts.reduce((sum, { count }) => sum + count, 0);

const colourOf = (index: number): string => `var(--track-${index + 1})`;

import type { RouteTarget } from '../../../api/balancing.ts';
import { percent, plural } from '../../../format/numbers.ts';
import { useLive } from '../../../live/store.ts';

/** ticks, one each second: long enough to say something, short enough to see a change */
const SECONDS = 30;
const TRACKS = 6;

/** How the requests of the last seconds were shared among the targets, as they come. */
export function Shares({ targets }: { readonly targets: readonly RouteTarget[] }) {
  const ticks = useLive((live) => live.ticks);
  const recent = ticks.slice(-SECONDS);
  const counts = targets.map(({ target }) =>
    recent.reduce((sum, { shares }) => sum + (shares[target] ?? 0), 0),
  );
  const all = counts.reduce((sum, count) => sum + count, 0);
  return (
    <figure className="grid gap-1.5">
      <figcaption className="flex justify-between text-xs text-ink-soft">
        <span>Requests of the last {SECONDS} s</span>
        <span>{plural(all, 'request')}</span>
      </figcaption>
      <div aria-hidden="true" className="flex h-5 gap-px overflow-hidden rounded bg-sunken">
        {counts.map((count, index) => (
          <div
            key={targets[index]?.target}
            style={{ width: `${all === 0 ? 0 : (count / all) * 100}%`, background: colourOf(index) }}
            className="transition-[width] duration-500"
          />
        ))}
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-0.5 text-xs">
        {targets.map(({ target }, index) => (
          <li key={target} className="flex items-center gap-1.5">
            <span
              aria-hidden="true"
              className="size-2 shrink-0 rounded-sm"
              style={{ background: colourOf(index) }}
            />
            <span className="[overflow-wrap:anywhere]">{target}</span>
            <span className="font-semibold whitespace-nowrap">
              {all === 0 ? '–' : percent((counts[index] ?? 0) / all)}
            </span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

const colourOf = (index: number): string => `var(--track-${(index % TRACKS) + 1})`;

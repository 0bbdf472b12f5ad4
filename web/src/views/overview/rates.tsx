import type { Tick } from '../../api/types.ts';
import { useLive } from '../../live/store.ts';
import { perSecond, spanWords } from '../../live/window.ts';
import { count, duration, rate } from '../../format/numbers.ts';
import { Sparkline } from '../../ui/sparkline.tsx';

const PLACES = 60;

/** The gateway's current rates, over the last minute, or since the page was opened. */
export function Rates() {
  const ticks = useLive((live) => live.ticks).slice(-PLACES);
  const last = ticks.at(-1);
  const span = spanWords(ticks, PLACES);
  const requests = ticks.reduce((sum, tick) => sum + tick.requests, 0);
  const errors = ticks.reduce((sum, tick) => sum + tick.errors, 0);
  const isEstimated = ticks.some(({ estimated }) => estimated > 0);
  const firsts = ticks.flatMap(({ providers }) =>
    Object.values(providers).flatMap(({ ttft }) => (ttft !== null && ttft > 0 ? [ttft] : [])),
  );
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 xl:grid-cols-5">
      <Rate
        label="Requests/s"
        value={rate(perSecond(ticks, (tick) => tick.requests))}
        more={`${count(requests)} in ${span}`}
        ticks={ticks}
        pick={(tick) => tick.requests}
      />
      <Rate
        label="Answer tokens/s"
        value={rate(perSecond(ticks, (tick) => tick.completion))}
        more={`${rate(perSecond(ticks, (tick) => tick.prompt))} prompt tokens/s${isEstimated ? ', partly estimated' : ''}`}
        ticks={ticks}
        pick={(tick) => tick.completion}
      />
      <Rate
        label="In flight"
        value={count(last?.inflight ?? 0)}
        more={last?.waiting ? `${count(last.waiting)} waiting for a free slot` : 'none waiting'}
        ticks={ticks}
        pick={(tick) => tick.inflight}
      />
      <Rate
        label="Time to first token"
        value={firsts.length === 0 ? '–' : duration(mean(firsts))}
        more={firsts.length === 0 ? `no streams in ${span}` : `average of ${span}`}
        ticks={ticks}
        pick={(tick) => mean(Object.values(tick.providers).flatMap(({ ttft }) => ttft ?? []))}
      />
      <Rate
        label="Errors"
        value={count(errors)}
        more={`in ${span}`}
        ticks={ticks}
        pick={(tick) => tick.errors}
      />
    </dl>
  );
}

interface Props {
  readonly label: string;
  readonly value: string;
  readonly more: string;
  readonly ticks: readonly Tick[];
  readonly pick: (tick: Tick) => number;
}

function Rate({ label, value, more, ticks, pick }: Props) {
  return (
    <div className="bg-raised px-3 pt-2 pb-1.5 last:col-span-2 xl:last:col-span-1">
      <dt className="eyebrow">{label}</dt>
      <dd>
        <span className="text-xl font-semibold tracking-tight">{value}</span>
        <span className="block truncate pb-1 text-xs text-ink-soft">{more}</span>
        <Sparkline values={ticks.map(pick)} places={PLACES} />
      </dd>
    </div>
  );
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

import type { RequestTrace } from '../../api/types.ts';
import { duration } from '../../format/numbers.ts';
import { endingWords } from '../../format/words.ts';
import { classes } from '../../ui/classes.ts';
import { Middle } from '../../ui/middle.tsx';
import { Lamp } from '../../ui/signal.tsx';
import { TEXT } from '../../ui/tone.ts';
import { endOf, spansOf, type Span } from './timeline.ts';

/** The request's time from left to right, one line for each wait and attempt. */
export function TimelineChart({ trace }: { readonly trace: RequestTrace }) {
  const end = endOf(trace);
  const { commit, ending, error } = trace;
  return (
    <ol className="grid gap-3">
      {spansOf(trace).map((span, index) => (
        <Line key={index} span={span} end={end} />
      ))}
      {commit !== undefined && <Moment title="First byte to the client" at={commit} />}
      {ending !== null && <Moment title={`Ended: ${endingWords(ending)}`} at={end} detail={error} />}
    </ol>
  );
}

function Line({ span, end }: { readonly span: Span; readonly end: number }) {
  const { title, detail, tone, from, to, marks } = span;
  const place = (at: number): string => `${end === 0 ? 0 : (at / end) * 100}%`;
  return (
    <li>
      <div className="flex items-baseline justify-between gap-3">
        <span className="flex min-w-0 items-center gap-2 font-medium">
          <Lamp tone={tone} />
          <Middle text={title} />
        </span>
        <span className="shrink-0 text-xs text-ink-soft">
          {duration(from)} – {duration(to)}
        </span>
      </div>
      <div aria-hidden="true" className="relative my-1 h-3 rounded bg-sunken">
        <span
          className={classes('absolute inset-y-0 rounded bg-current opacity-70', TEXT[tone])}
          style={{ left: place(from), width: `max(3px, ${place(to - from)})` }}
        />
        {marks.map(({ at, label }) => (
          <span
            key={label}
            title={label}
            className="absolute inset-y-0 w-0.5 bg-ink"
            style={{ left: place(at) }}
          />
        ))}
      </div>
      <p className="text-xs text-ink-soft [overflow-wrap:anywhere]">
        {detail}
        {marks.map(({ at, label }) => ` · ${label} after ${duration(at)}`).join('')}
      </p>
    </li>
  );
}

interface MomentProps {
  readonly title: string;
  readonly at: number;
  readonly detail?: string | undefined;
}

function Moment({ title, at, detail }: MomentProps) {
  return (
    <li>
      <div className="flex items-baseline justify-between gap-3">
        <span className="font-medium">{title}</span>
        <span className="text-xs text-ink-soft">{duration(at)}</span>
      </div>
      {detail !== undefined && <p className="text-xs text-ink-soft [overflow-wrap:anywhere]">{detail}</p>}
    </li>
  );
}

import { useMemo } from 'react';
import type { Statistics, StatisticsStep } from '../../api/types.ts';
import { count, duration } from '../../format/numbers.ts';
import { instant } from '../../format/time.ts';
import { Chart, type Series } from '../../ui/chart.tsx';
import { Panel } from '../../ui/panel.tsx';
import { SeriesTable } from '../../ui/series-table.tsx';

interface Figure {
  readonly title: string;
  readonly format: (value: number) => string;
  readonly isCounted?: boolean;
  readonly series: readonly (Omit<Series, 'values'> & {
    readonly of: (step: StatisticsStep) => number | null;
  })[];
}

const FIGURES: readonly Figure[] = [
  {
    title: 'Response time',
    format: duration,
    series: [
      { label: 'p50', colour: '--track-1', of: ({ p50 }) => p50 },
      { label: 'p95', colour: '--track-2', of: ({ p95 }) => p95 },
      { label: 'p99', colour: '--track-5', of: ({ p99 }) => p99 },
    ],
  },
  {
    title: 'Time to first token',
    format: duration,
    series: [
      { label: 'p50', colour: '--track-1', of: ({ ttft }) => ttft.p50 },
      { label: 'p95', colour: '--track-2', of: ({ ttft }) => ttft.p95 },
      { label: 'p99', colour: '--track-5', of: ({ ttft }) => ttft.p99 },
    ],
  },
  {
    title: 'Requests',
    format: count,
    isCounted: true,
    series: [
      { label: 'requests', colour: '--track-1', kind: 'bars', of: ({ requests }) => requests },
      { label: 'errors', colour: '--bad', kind: 'bars', of: ({ errors }) => errors },
    ],
  },
  {
    title: 'Tokens',
    format: count,
    isCounted: true,
    series: [
      { label: 'in', colour: '--track-3', of: ({ prompt }) => prompt },
      { label: 'out', colour: '--track-4', of: ({ completion }) => completion },
      { label: 'of both, estimated', colour: '--track-5', of: ({ estimated }) => estimated },
    ],
  },
];

interface Props {
  readonly statistics: Statistics;
  readonly asTables: boolean;
}

/** The series, as charts, or as tables with the same numbers. */
export function Charts({ statistics: { series: steps }, asTables }: Props) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      {FIGURES.map((figure) => (
        <Panel key={figure.title} title={figure.title} flush>
          <Shown figure={figure} steps={steps} asTable={asTables} />
        </Panel>
      ))}
    </div>
  );
}

interface ShownProps {
  readonly figure: Figure;
  readonly steps: readonly StatisticsStep[];
  readonly asTable: boolean;
}

function Shown({ figure: { title, format, isCounted = false, series: kinds }, steps, asTable }: ShownProps) {
  const times = useMemo(() => steps.map(({ at }) => instant(at)), [steps]);
  const series = useMemo(
    () => kinds.map(({ of, ...rest }) => ({ ...rest, values: steps.map(of) })),
    [kinds, steps],
  );
  if (asTable) return <SeriesTable title={title} times={times} series={series} format={format} />;
  const names = series.map(({ label }) => label).join(', ');
  return (
    <div className="px-1 pb-2">
      <Chart
        label={`${title} over time: ${names}. "Show tables" has the numbers.`}
        times={times}
        series={series}
        format={format}
        isCounted={isCounted}
      />
    </div>
  );
}

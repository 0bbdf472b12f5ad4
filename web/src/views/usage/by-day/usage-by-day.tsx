import { useQueries } from '@tanstack/react-query';
import { callers, type UsageQuery } from '../../../api/callers.ts';
import type { UsageLine } from '../../../api/types.ts';
import { Button } from '../../../ui/button.tsx';
import { Chart } from '../../../ui/chart.tsx';
import { Icon } from '../../../ui/icon.tsx';
import { Panel } from '../../../ui/panel.tsx';
import { Select } from '../../../ui/select.tsx';
import { SeriesTable } from '../../../ui/series-table.tsx';
import { Skeleton } from '../../../ui/states.tsx';
import { daysBetween, largest, seriesOf, timeOfDay } from './day-series.ts';
import { firstMeasure, isMeasure, measureChoices, measureOf, type Measure } from './measures.ts';

/** Groups that days are split by. A request counts for each label of its key, so labels do not add up to a day. */
const SPLITS = ['key', 'model', 'owner', 'provider'];
/** Groups with a colour of their own: each is one more query. */
const MOST = 5;

interface Props {
  readonly by: string;
  readonly asked: Partial<UsageQuery>;
  readonly groups: readonly UsageLine[];
  readonly measure: string | undefined;
  readonly asTable: boolean;
  readonly change: (change: Readonly<Record<string, string | undefined>>) => void;
}

/** A bar for each day, split by the group that the table shows; or a table with the same numbers. */
export function UsageByDay({ by, asked, groups, measure: chosen, asTable, change }: Props) {
  const name = isMeasure(chosen) ? chosen : firstMeasure(groups);
  const split = SPLITS.includes(by) ? by : undefined;
  const title = split === undefined ? 'Each day' : `Each day by ${split}`;
  return (
    <Panel
      title={title}
      flush
      aside={
        <div className="flex flex-wrap gap-2">
          <Select
            label="Shown each day"
            value={name}
            onChange={(next) => change({ bars: next })}
            choices={measureChoices}
          />
          <Button aria-pressed={asTable} onClick={() => change({ show: asTable ? undefined : 'table' })}>
            <Icon name={asTable ? 'statistics' : 'table'} />
            {asTable ? 'Show chart' : 'Show table'}
          </Button>
        </div>
      }
    >
      <Days
        key={name}
        title={title}
        asked={asked}
        split={split}
        names={split === undefined ? [] : largest(groups, split, measureOf(name), MOST)}
        measure={measureOf(name)}
        asTable={asTable}
      />
    </Panel>
  );
}

interface DaysProps extends Pick<Props, 'asked' | 'asTable'> {
  readonly title: string;
  readonly split: string | undefined;
  readonly names: readonly string[];
  readonly measure: Measure;
}

function Days({ title, asked, split, names, measure, asTable }: DaysProps) {
  const answers = useQueries({
    queries: [{}, ...names.map((name) => ({ [split ?? '']: name }))].map((only) =>
      callers.usage({ ...asked, ...only, by: 'day' }),
    ),
  });
  const failed = answers.find(({ error }) => error !== null)?.error;
  const known = answers.flatMap(({ data }) => (data ? [data] : []));
  if (failed)
    return (
      <p role="alert" className="px-3 pb-3 text-bad">
        {failed.message}
      </p>
    );
  const [whole, ...parts] = known;
  if (!whole || known.length < answers.length) return <Skeleton className="mx-3 mb-3 h-48" />;
  const days = daysBetween(whole.since, whole.until);
  const series = seriesOf(
    days,
    whole.data,
    parts.map(({ data }, at) => ({ label: names[at] ?? '', lines: data })),
    measure,
  );
  return <Shown title={title} days={days} series={series} measure={measure} asTable={asTable} />;
}

interface ShownProps extends Pick<DaysProps, 'title' | 'measure' | 'asTable'> {
  readonly days: readonly string[];
  readonly series: ReturnType<typeof seriesOf>;
}

function Shown({ title, days, series, measure: { label, format }, asTable }: ShownProps) {
  const times = days.map(timeOfDay);
  const names = series.map((one) => one.label).join(', ');
  if (asTable) return <SeriesTable title={title} times={times} series={series} format={format} isDaily />;
  return (
    <div className="px-1 pb-2">
      <Chart
        label={`${label}, each day: ${names}. "Show table" has the numbers.`}
        times={times}
        series={series}
        format={format}
        isDaily
      />
    </div>
  );
}

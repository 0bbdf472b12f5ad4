import { dateTime, shortDay } from '../format/time.ts';
import type { Series } from './chart.tsx';
import { Scroller } from './scroller.tsx';

interface Props {
  readonly title: string;
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** the times are whole days */
  readonly isDaily?: boolean;
}

/** A chart's numbers, newest first; empty times are left out. */
export function SeriesTable({ title, times, series, format, isDaily = false }: Props) {
  const rows = times
    .map((at, index) => ({ at, values: series.map(({ values }) => values[index] ?? null) }))
    .filter(({ values }) => values.some((value) => value !== null && value !== 0))
    .reverse();
  return (
    <Scroller label={`${title} as a table`} className="max-h-60 overflow-y-auto border-t">
      <table className="w-full">
        <thead>
          <tr className="sticky top-0 bg-raised text-right">
            <th scope="col" className="eyebrow px-3 py-1.5 text-left">
              {isDaily ? 'Day' : 'Time'}
            </th>
            {series.map(({ label }) => (
              <th key={label} scope="col" className="eyebrow px-3 py-1.5">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ at, values }) => (
            <tr key={at} className="border-t text-right">
              <th scope="row" className="px-3 py-1 text-left font-normal">
                {isDaily ? shortDay(at) : dateTime(at)}
              </th>
              {values.map((value, index) => (
                <td key={series[index]?.label} className="px-3 py-1">
                  {value === null ? '–' : format(value)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

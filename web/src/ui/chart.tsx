import { useEffect, useEffectEvent, useRef } from 'react';
import UPlot from 'uplot';
import { shortDay } from '../format/time.ts';
import { useIsDark } from '../shell/theme.ts';
import 'uplot/dist/uPlot.min.css';
import './chart.css';

export interface Series {
  readonly label: string;
  /** one for each time; null where nothing is known */
  readonly values: readonly (number | null)[];
  /** a colour of its own: `--track-1` … `--track-6`, or a tone such as `--bad` */
  readonly colour: string;
  readonly kind?: 'line' | 'bars';
}

interface Props {
  /** its accessible name; the numbers are in the table beside it */
  readonly label: string;
  /** ms since 1970, ascending */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** The values are counts: there is no line between two whole numbers. */
  readonly isCounted?: boolean;
  /** bars of whole days, one upon the other */
  readonly isDaily?: boolean;
}

const HEIGHT = 190;
/** Distances of the lines of an axis of counts: 1, 2, 5, 10 … */
const WHOLE = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

/** Lines or bars over time. Pointing at it shows the numbers of that time. */
export function Chart({ label, times, series, format, isCounted = false, isDaily = false }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const isDark = useIsDark();
  const names = series.map((one) => one.label).join();
  const shown = useRef(series);
  const data: UPlot.AlignedData = [
    times.map((at) => at / 1_000),
    ...(isDaily ? stacked(series) : series.map(({ values }) => [...values])),
  ];
  const draw = useEffectEvent((target: HTMLElement) => {
    shown.current = series;
    const options = optionsOf({
      series,
      format,
      isCounted,
      isDaily,
      width: target.clientWidth,
      valueAt: (one, at) => shown.current[one]?.values[at] ?? null,
    });
    return new UPlot(options, data, target);
  });
  const fill = useEffectEvent(() => {
    shown.current = series;
    plot.current?.setData(data);
  });
  useEffect(() => {
    const target = place.current;
    if (!target || (names === '' && isDark)) return;
    const drawn = draw(target);
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: target.clientWidth, height: HEIGHT }));
    observer.observe(target);
    return () => {
      observer.disconnect();
      drawn.destroy();
    };
  }, [isDark, names]);
  useEffect(() => {
    if (times.length > 0 && series.length > 0) fill();
  }, [times, series]);
  return <div ref={place} role="img" aria-label={label} className="chart w-full" />;
}

/** Each series upon those after it: the first is drawn first, so the others hide its lower part. */
function stacked(series: readonly Series[]): number[][] {
  const sums = (series[0]?.values ?? []).map(() => 0);
  return series
    .toReversed()
    .map(({ values }) => sums.map((sum, at) => (sums[at] = sum + (values[at] ?? 0))))
    .toReversed();
}

interface Drawn extends Pick<Props, 'series' | 'format'> {
  readonly isCounted: boolean;
  readonly isDaily: boolean;
  readonly width: number;
  /** the series' own value, which is not the one that is drawn where they are stacked */
  readonly valueAt: (series: number, at: number) => number | null;
}

function optionsOf({ series, format, isCounted, isDaily, width, valueAt }: Drawn): UPlot.Options {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--ink-faint'),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
    grid: { stroke: colour('--line'), width: 1 },
    ticks: { show: false },
  };
  const bars = UPlot.paths.bars?.({ size: [0.7, 24] });
  return {
    width,
    height: HEIGHT,
    cursor: { y: false, points: { size: 6 } },
    scales: {
      ...(isDaily && { x: { range: (_, first, last) => [first - DAY / 2, last + DAY / 2] } }),
      y: { range: (_, least, most) => [Math.min(0, least ?? 0), topOf(most ?? 0, isDaily)] },
    },
    padding: [8, 20, 0, 0],
    axes: [
      {
        ...axis,
        size: 28,
        space: 64,
        ...(isDaily && { incrs: [1, 2, 7, 14, 28, 56, 112].map((days) => days * DAY) }),
        values: (plot, times) =>
          times.map((at) => (isDaily ? shortDay(at * 1_000) : timeOf(at, spanOf(plot)))),
      },
      { ...axis, size: 64, values: (_, values) => values.map(format), ...(isCounted && { incrs: WHOLE }) },
    ],
    series: [
      {
        label: isDaily ? 'Day' : 'Time',
        value: (_, at) => {
          if (at == null) return '–';
          return isDaily ? shortDay(at * 1_000) : new Date(at * 1_000).toLocaleString('en-GB');
        },
      },
      ...series.map(({ label, colour: name, kind = 'line' }): UPlot.Series => ({
        label,
        stroke: colour(name),
        width: kind === 'line' ? 1.75 : 0,
        value: (_, drawn, one, at) => {
          const value = at == null || drawn == null ? null : valueAt(one - 1, at);
          return value === null ? '–' : format(value);
        },
        // A point without neighbours would be no line.
        points: { show: kind === 'line', size: 5, fill: colour(name), filter: lonely },
        ...(kind === 'bars' ? { fill: colour(name), ...(bars ? { paths: bars } : {}) } : {}),
      })),
    ],
  };
}

/** Values without a neighbour to draw a line to. */
function lonely({ data }: UPlot, series: number, isShown: boolean): number[] | null {
  const values = data[series] ?? [];
  const isKnown = (at: number): boolean => values[at] != null;
  if (!isShown) return null;
  return [...values.keys()].filter((at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1));
}

const DAY = 86_400;

/** Sums of money may be far below one. */
function topOf(most: number, isDaily: boolean): number {
  return isDaily && most > 0 ? most * 1.08 : Math.max(1, most * 1.08);
}

/** s that are shown */
function spanOf({ scales: { x } }: UPlot): number {
  return (x?.max ?? 0) - (x?.min ?? 0);
}

/** The clock's time within two days, else the date. */
function timeOf(at: number, span: number): string {
  const date = new Date(at * 1_000);
  return span <= 2 * DAY
    ? date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    : shortDay(date);
}

import { useEffect, useEffectEvent, useRef } from 'react';
import UPlot from 'uplot';
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
}

const HEIGHT = 190;

/** Lines or bars over time. Pointing at it shows the numbers of that time. */
export function Chart({ label, times, series, format }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const isDark = useIsDark();
  const names = series.map((one) => one.label).join();
  const data: UPlot.AlignedData = [times.map((at) => at / 1_000), ...series.map(({ values }) => [...values])];
  const draw = useEffectEvent((target: HTMLElement) => {
    const options = optionsOf({ series, format, width: target.clientWidth });
    return new UPlot(options, data, target);
  });
  const fill = useEffectEvent(() => plot.current?.setData(data));
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

interface Drawn extends Pick<Props, 'series' | 'format'> {
  readonly width: number;
}

function optionsOf({ series, format, width }: Drawn): UPlot.Options {
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
    scales: { y: { range: (_, least, most) => [Math.min(0, least ?? 0), Math.max(1, (most ?? 0) * 1.08)] } },
    padding: [8, 20, 0, 0],
    axes: [
      { ...axis, size: 28, space: 64, values: (plot, times) => times.map((at) => timeOf(at, spanOf(plot))) },
      { ...axis, size: 64, values: (_, values) => values.map(format) },
    ],
    series: [
      { value: (_, at) => (at == null ? '–' : new Date(at * 1_000).toLocaleString('en-GB')) },
      ...series.map(({ label, colour: name, kind = 'line' }): UPlot.Series => ({
        label,
        stroke: colour(name),
        width: kind === 'line' ? 1.75 : 0,
        value: (_, value) => (value == null ? '–' : format(value)),
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

/** s that are shown */
function spanOf({ scales: { x } }: UPlot): number {
  return (x?.max ?? 0) - (x?.min ?? 0);
}

/** The clock's time within two days, else the date. */
function timeOf(at: number, span: number): string {
  const date = new Date(at * 1_000);
  return span <= 2 * DAY
    ? date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
    : date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

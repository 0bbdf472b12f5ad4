import type { UsageLine } from '../../../api/types.ts';
import type { Series } from '../../../ui/chart.tsx';
import type { Measure } from './measures.ts';

const DAY_MS = 86_400_000;

/** Usage of one group, a line for each day with usage. */
export interface Part {
  readonly label: string;
  readonly lines: readonly UsageLine[];
}

/** Every day of UTC from one time to another, as `2026-11-30`. */
export function daysBetween(since: string, until: string): readonly string[] {
  const first = Date.parse(since.slice(0, 10));
  const last = Date.parse(until) - 1;
  const length = Math.max(1, Math.floor((last - first) / DAY_MS) + 1);
  return Array.from({ length }, (_, at) => new Date(first + at * DAY_MS).toISOString().slice(0, 10));
}

/** Usage is kept by UTC's days. They are shown under their date, wherever it is read. */
export const timeOfDay = (day: string): number => Date.parse(`${day}T00:00:00`);

/** The groups with the most usage, largest first. Groups without a name cannot be queried. */
export function largest(
  groups: readonly UsageLine[],
  by: string,
  { of }: Measure,
  most: number,
): readonly string[] {
  return groups
    .map((line) => ({
      name: String((line as Readonly<Record<string, unknown>>)[by] ?? ''),
      value: of(line) ?? 0,
    }))
    .filter(({ name, value }) => name !== '' && value > 0)
    .sort((a, b) => b.value - a.value || a.name.localeCompare(b.name))
    .slice(0, most)
    .map(({ name }) => name);
}

/** A series for each part, and one for what is left of the whole. */
export function seriesOf(
  days: readonly string[],
  whole: readonly UsageLine[],
  parts: readonly Part[],
  measure: Measure,
): readonly Series[] {
  const all = valuesOf(days, whole, measure.of);
  if (parts.length === 0) return [{ label: 'all', colour: '--track-1', kind: 'bars', values: all }];
  const named = parts.map(({ label, lines }, at): Series => ({
    label,
    colour: `--track-${at + 1}`,
    kind: 'bars',
    values: valuesOf(days, lines, measure.of),
  }));
  const missing = valuesOf(days, whole, measure.missing);
  const missingOfParts = parts.map(({ lines }) => valuesOf(days, lines, measure.missing));
  const rest = all.map((value, at) => {
    if (value === null) return null;
    const isMissing = (missing[at] ?? 0) > missingOfParts.reduce((sum, part) => sum + (part[at] ?? 0), 0);
    const known = named.reduce((sum, { values }) => sum + (values[at] ?? 0), 0);
    // Sums of dollars are not exact.
    const left = Math.max(0, Math.round((value - known) * 1e9) / 1e9);
    return left === 0 && isMissing ? null : left;
  });
  if (rest.every((value) => value === 0)) return named;
  return [...named, { label: '(others)', colour: '--ink-faint', kind: 'bars', values: rest }];
}

function valuesOf(
  days: readonly string[],
  lines: readonly UsageLine[],
  of: (line: UsageLine) => number | null,
): readonly (number | null)[] {
  const byDay = new Map(lines.map((line) => [line.day, of(line)]));
  return days.map((day) => (byDay.has(day) ? (byDay.get(day) ?? null) : 0));
}

import { dollarsOf, NANO } from './dollars.ts';
import { COUNTED, SAVED, type Group, type UsageLine } from './usage-row.ts';

const MONEY = ['cost', 'estimatedCost'] as const;

/** As RFC 4180 has it, with the names of the columns first. */
export function csvOf(by: readonly Group[], lines: readonly UsageLine[]): string {
  const names = [...by, ...COUNTED, ...MONEY, 'unpriced', ...SAVED];
  const rows = lines.map((line) => [
    ...by.map((name) => cell(line[name])),
    ...COUNTED.map((name) => String(line[name])),
    ...MONEY.map((name) => cell(dollarsOf(line[name], line.unpriced))),
    String(line.unpriced),
    ...SAVED.map((name) => String(name === 'savedCost' ? line[name] / NANO : line[name])),
  ]);
  return [names.join(','), ...rows.map((row) => row.join(','))].map((row) => `${row}\r\n`).join('');
}

/** Callers choose the names of models: spreadsheets run a text that begins like a formula. */
function cell(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

import { AMOUNTS, type Group, type UsageLine } from './usage-row.ts';

/** As RFC 4180 has it, with the names of the columns first. */
export function csvOf(by: readonly Group[], lines: readonly UsageLine[]): string {
  const names = [...by, ...AMOUNTS];
  const rows = lines.map((line) => names.map((name) => cell(line[name])));
  return [names.join(','), ...rows.map((row) => row.join(','))].map((row) => `${row}\r\n`).join('');
}

/** Callers choose the names of models: spreadsheets run a text that begins like a formula. */
function cell(value: string | number | null | undefined): string {
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value ?? '') ? `'${value}` : (value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

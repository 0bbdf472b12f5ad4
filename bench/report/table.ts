import type { Column, Rounds } from '../experiment.ts';

/** A Markdown table that also reads well in a terminal: a row per peer. */
export function table(columns: readonly Column[], rounds: Rounds): string {
  const peers = [...rounds.keys()];
  const rows = [
    ['', ...columns.map(({ title }) => title)],
    ...peers.map((peer) => [peer, ...columns.map((column) => cell(column, rounds, peer))]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(3, ...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((text, column) => (column === 0 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(rows[0]!), rule, ...rows.slice(1).map(line)].join('\n');
}

function cell({ of, digits }: Column, rounds: Rounds, peer: string): string {
  const value = of(rounds, peer);
  return value === undefined || Number.isNaN(value)
    ? '–'
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Columns for people, as wide as needed; no header where the output goes to a program. */
export function table(
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  people: boolean,
): string {
  const texts = rows.map((row) => row.map((cell) => oneLine(String(cell ?? '-'))));
  const all = people ? [head.map((name) => name.toUpperCase()), ...texts] : texts;
  if (!people) return all.map((row) => `${row.join('\t')}\n`).join('');
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd();
  const none = rows.length === 0 ? '(none)\n' : '';
  return `${all.map((row) => `${line(row)}\n`).join('')}${none}`;
}

/** Nothing else may control the terminal: texts of providers may contain anything. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

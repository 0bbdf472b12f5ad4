/** Dollars; an unknown price is not zero. */
export function dollars(value: number | null): string {
  if (value === null) return 'unknown';
  if (value === 0) return '$0';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 0.01 ? 2 : 6;
  return `$${value.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: Math.min(digits, 2) })}`;
}

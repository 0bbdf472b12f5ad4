const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const RANGES: Readonly<Record<string, { readonly label: string; readonly ms: number }>> = {
  '24h': { label: '24 hours', ms: DAY },
  '7d': { label: '7 days', ms: 7 * DAY },
  '30d': { label: '30 days', ms: 30 * DAY },
  '90d': { label: '90 days', ms: 90 * DAY },
  '400d': { label: '400 days', ms: 400 * DAY },
};

export const rangeChoices = Object.entries(RANGES).map(([value, { label }]) => ({ value, label }));

/** When a range begins: at a full hour, as usage is kept by the hour. */
export function sinceOf(range: string, now = Date.now()): string {
  const { ms } = RANGES[range] ?? RANGES['30d']!;
  return new Date(Math.floor((now - ms) / HOUR) * HOUR).toISOString();
}

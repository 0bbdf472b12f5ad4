/** A count, short from ten thousand on: `9,876`, `12.3K`, `4.5M`. */
export function count(value: number): string {
  if (Math.abs(value) < 10_000) return value.toLocaleString('en', { maximumFractionDigits: 0 });
  return value.toLocaleString('en', { notation: 'compact', maximumFractionDigits: 1 });
}

/** A rate such as requests a second: one decimal while it is small. */
export const rate = (value: number): string =>
  value >= 100 ? count(value) : value.toFixed(value === 0 ? 0 : 1);

/** 0 to 1 as `12 %`; a share above 0 is never shown as 0, nor one below 1 as all. */
export function percent(value: number, digits = 0): string {
  const shown = value * 100;
  const least = 10 ** -digits;
  if (shown > 0 && shown < least) return `< ${least} %`;
  if (shown < 100 && shown > 100 - least) return `> ${(100 - least).toFixed(digits)} %`;
  return `${shown.toFixed(digits)} %`;
}

/** ms as `0.6 ms`, `812 ms`, `1.4 s`, `2 min 5 s`. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '–';
  if (ms < 10) return `${ms === 0 ? 0 : ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`;
}

/** Bytes as `812 B`, `4.7 KB`, `84 MB`, `1.2 GB`. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1_000 && unit < units.length - 1) {
    scaled /= 1_000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}

/** `1 request`, `2 requests` */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

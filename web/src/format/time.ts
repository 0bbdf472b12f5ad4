/** An ISO text or ms since 1970, as ms since 1970. */
export const instant = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

/** `14:03:22`, here. */
export const clock = (at: string | number): string =>
  new Date(at).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `24 Nov`, here. */
export const shortDay = (at: string | number | Date): string =>
  new Date(at).toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });

/** `24 Nov, 14:03:22`, here. */
export const dateTime = (at: string | number): string => `${shortDay(at)}, ${clock(at)}`;

/** How long ago: `now`, `12 s`, `5 min`, `3 h`, `2 d`. */
export function age(at: string | number, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - instant(at)) / 1_000));
  if (seconds < 2) return 'now';
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

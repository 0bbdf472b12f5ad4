/** '2xx', '4xx'; 'none' where the client never got a status. */
export const STATUS_CLASSES = ['none', '1xx', '2xx', '3xx', '4xx', '5xx'] as const;

export function statusClass(status: number | undefined): number {
  const at = status === undefined ? 0 : Math.floor(status / 100);
  return at < STATUS_CLASSES.length ? at : 0;
}

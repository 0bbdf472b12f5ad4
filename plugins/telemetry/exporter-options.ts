import type { Destination } from './settings.ts';

/** An exporter's own options. Its compression is an enum, whose values these are. */
export function exporterOptions({ url, headers, timeoutMillis, isCompressed }: Destination) {
  return {
    url,
    headers: { ...headers },
    timeoutMillis,
    compression: (isCompressed ? 'gzip' : 'none') as never,
  };
}

import type { UsageQuery } from '../../api/callers.ts';
import { ask } from '../../api/client.ts';
import { toast } from '../../shell/toast.ts';

/** Downloads the same usage as a file. By fetch, because a link cannot carry a key. */
export async function downloadUsage(query: Partial<UsageQuery>): Promise<void> {
  try {
    const response = await ask('GET', 'usage', { query: { ...query, format: 'csv' } });
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = `usage-by-${query.by ?? 'key'}.csv`;
    link.click();
    URL.revokeObjectURL(url);
  } catch (error) {
    toast({ tone: 'bad', title: 'Could not download the usage', detail: (error as Error).message });
  }
}

import { ask } from '../../../api/client.ts';
import { toast } from '../../../shell/toast.ts';

/** Downloads the whole stored log of a program. By fetch, because a link cannot carry a key. */
export async function downloadLog(name: string): Promise<void> {
  try {
    const response = await ask('GET', `providers/${encodeURIComponent(name)}/logs`, {
      query: { download: 'true' },
    });
    const url = URL.createObjectURL(await response.blob());
    const link = document.createElement('a');
    link.href = url;
    link.download = `${name}.log`;
    link.click();
    URL.revokeObjectURL(url);
  } catch (error) {
    toast({ tone: 'bad', title: `Could not download the log of ${name}`, detail: (error as Error).message });
  }
}

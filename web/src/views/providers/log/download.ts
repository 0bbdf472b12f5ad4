import { ask } from '../../../api/client.ts';
import { toast } from '../../../shell/toast.ts';

/** Saves all that is kept of a program's log. By fetch, for a link could not carry a key. */
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

import { request } from 'node:http';
import type { Probe } from '../contracts.ts';

/**
 * Asks a process once whether it is well.
 * @param timeout ms
 * @returns what is wrong; undefined: nothing
 */
export function probe(
  origin: string,
  { method, path, status }: Probe,
  timeout: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeout);
    const asked = request(new URL(path, origin), { method, agent: false, signal }, (response) => {
      response.resume();
      response.on('error', () => {});
      const answered = response.statusCode ?? 0;
      resolve(status.includes(answered) ? undefined : `${method} ${path} answered ${answered}`);
    });
    asked.on('error', (error: NodeJS.ErrnoException) =>
      resolve(
        `${method} ${path} ${signal.aborted ? `took longer than ${timeout} ms` : `failed (${error.code ?? error.message})`}`,
      ),
    );
    asked.end();
  });
}

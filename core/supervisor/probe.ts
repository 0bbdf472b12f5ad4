import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Probe } from '../contracts.ts';

/** of a body that is looked at, bytes */
const MOST = 1_048_576;

/**
 * Asks a process once whether it is well.
 * @param timeout ms
 * @returns what is wrong; undefined: nothing
 */
export function probe(
  origin: string,
  { method, path, status, headers = {}, ready }: Probe,
  timeout: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeout);
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve(
        `${method} ${path} ${signal.aborted ? `took longer than ${timeout} ms` : `failed (${error.code ?? error.message})`}`,
      );
    const asked = request(new URL(path, origin), { method, headers, agent: false, signal }, (response) => {
      const answered = response.statusCode ?? 0;
      if (!status.includes(answered)) resolve(`${method} ${path} answered ${answered}`);
      if (!ready || !status.includes(answered)) {
        response.on('error', () => {}).resume();
        return resolve(undefined);
      }
      bodyOf(response).then((body) => resolve(ready(body)), failed);
    });
    asked.on('error', failed);
    asked.end();
  });
}

/** Parsed where it is JSON. */
async function bodyOf(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

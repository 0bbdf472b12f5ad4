import type { IncomingMessage } from 'node:http';
import type { Probe } from '../../core/contracts/index.ts';
import { request } from '../../wire/node-http.ts';

/** bytes of a body that are read */
const MOST = 1_048_576;
/** of a refusal's body that is read, bytes and ms, and how much of it is shown */
const READ = 4_096;
const PATIENCE = 200;
const SHOWN = 160;

/**
 * Probes a process once.
 * @param timeoutMs ms
 * @param hide takes out of what it says what must not be seen
 * @returns what is wrong; undefined: nothing
 */
export function probe(
  origin: string,
  { method, path, status, headers = {}, ready }: Probe,
  timeoutMs: number,
  hide: (text: string) => string = (text) => text,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const failed = (error: NodeJS.ErrnoException): void =>
      resolve(
        `${method} ${path} ${signal.aborted ? `took longer than ${timeoutMs} ms` : `failed (${error.code ?? error.message})`}`,
      );
    const asked = request(new URL(path, origin), { method, headers, agent: false, signal }, (response) => {
      const answered = response.statusCode ?? 0;
      if (!status.includes(answered)) {
        const said = (text: string): string => (text === '' ? '' : `: ${text}`);
        return void beginningOf(response).then((text) =>
          resolve(`${method} ${path} answered ${answered}${said(shown(hide(text)))}`),
        );
      }
      if (!ready) {
        response.on('error', () => {}).resume();
        return resolve(undefined);
      }
      bodyOf(response)
        .then((body) => resolve(hidden(ready(body), hide)))
        .catch(failed);
    });
    asked.on('error', failed);
    asked.end();
  });
}

const hidden = (complaint: string | undefined, hide: (text: string) => string): string | undefined =>
  complaint === undefined ? undefined : hide(complaint);

/** One line, cut after what must not be seen is gone: half a secret would not be known as one. */
function shown(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line;
}

/** The beginning of a refusal's body; a body that is slow to begin is not waited for. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => response.destroy(), PATIENCE);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= READ) break;
    }
  } catch {
    // What came is reported.
  } finally {
    clearTimeout(late);
  }
  return Buffer.concat(chunks).toString('utf8', 0, READ);
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

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import { request, type Dispatcher } from 'undici';
import { startCommand, type Command } from '../../command.ts';
import { testFolder } from '../../test-folder.ts';

/** Says in each answer which thread gave it, and fails in it when it is asked to. */
const PLUGIN = `
import { threadId } from 'node:worker_threads';
export default {
  name: 'witness', inEachThread: true, options: { type: 'object', properties: {} },
  create(_options, { app }) {
    app.addHook('onRequest', (request, reply, done) => {
      reply.raw.setHeader('x-thread', String(threadId));
      if (threadId !== 0 && request.headers['x-fail'] !== undefined)
        setImmediate(() => { throw new Error('the witness fails'); });
      done();
    });
  },
};`;

export interface Threaded {
  readonly command: Command;
  readonly url: string;
  readonly folder: string;
  readonly write: (changed: Record<string, unknown>) => void;
}

/**
 * The command with several threads, and a plugin of the config that shows them.
 * @param plugins further ones: their files' names and sources
 */
export async function startThreads(
  t: Test,
  config: Record<string, unknown>,
  plugins: Readonly<Record<string, string>> = {},
): Promise<Threaded> {
  const sources = { 'witness.mjs': PLUGIN, ...plugins };
  const folder = testFolder(t, sources);
  const files = Object.keys(sources);
  const { server, ...others } = config as { server?: object };
  const base = {
    discover: false,
    home: join(folder, 'home'),
    plugins: files.map((name) => pathToFileURL(join(folder, name)).pathname),
    server: { port: 0, threads: 2, ...server },
  };
  const file = join(folder, 'switchyard.json');
  const write = (changed: Record<string, unknown>): void =>
    writeFileSync(file, JSON.stringify({ ...base, ...others, ...changed }));
  write({});
  const command = startCommand(t, { args: ['--config', file] });
  return { command, url: await command.url, folder, write };
}

type Asked = Omit<NonNullable<Parameters<typeof request>[1]>, 'dispatcher' | 'headers'> & {
  headers?: Record<string, string>;
};

/** On a connection of its own: the kernel gives each to any thread. */
export const ask = (url: string, { headers, ...options }: Asked = {}): Promise<Dispatcher.ResponseData> =>
  request(url, {
    ...options,
    headers: { connection: 'close', ...headers },
  }) as Promise<Dispatcher.ResponseData>;

export function chat(
  url: string,
  { headers, ...body }: { headers?: Record<string, string> } & Record<string, unknown> = {},
): Promise<Dispatcher.ResponseData> {
  return ask(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'm', messages: [], ...body }),
  });
}

export async function json<T>(url: string, options?: Asked): Promise<T> {
  return (await (await ask(url, options)).body.json()) as T;
}

export const threadOf = ({ headers }: Dispatcher.ResponseData): string => String(headers['x-thread']);

/** Asks until another thread than the main one has answered. */
export async function askBeside(
  go: () => Promise<Dispatcher.ResponseData>,
): Promise<Dispatcher.ResponseData> {
  for (;;) {
    const answer = await go();
    if (threadOf(answer) !== '0') return answer;
    answer.body.on('error', () => undefined).destroy();
  }
}

export async function spread(url: string, count: number, headers: Record<string, string> = {}) {
  const answers = await Promise.all(Array.from({ length: count }, () => chat(url, { headers })));
  const all = [];
  for (const answer of answers) {
    all.push({ status: answer.statusCode, thread: threadOf(answer) });
    await answer.body.dump();
  }
  return all;
}

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Test } from 'tap';
import { request, type Dispatcher } from 'undici';
import { startCommand, type Command } from '../../command.ts';
import { testFolder } from '../../test-folder.ts';

/** Says in each answer which thread gave it, and brings any but the main one down in the way that a request asks for. */
const PLUGIN = `
import { writeSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
const kept = [];
const ways = {
  throw: () => { throw new Error('the witness fails'); },
  reject: () => void Promise.reject(new Error('the witness fails')),
  exit: () => process.exit(3),
  hang: () => {
    writeSync(2, 'it hangs\\n');
    for (;;);
  },
  leak: () => {
    for (let more = 0; more < 5_000; more++) kept.push({ more: Array.from({ length: 8 }, Math.random) });
    setImmediate(ways.leak);
  },
};
export default {
  name: 'witness', inEachThread: true, options: { type: 'object', properties: {} },
  create(_options, { app }) {
    app.addHook('onRequest', (request, reply, done) => {
      reply.raw.setHeader('x-thread', String(threadId));
      const how = request.headers['x-fail'];
      if (threadId !== 0 && how !== undefined) setImmediate(ways[how]);
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
 * @param plugins further ones, and what else is to be in its folder: names of files, and their texts
 * @param flags Node's own
 */
export async function startThreads(
  t: Test,
  config: Record<string, unknown>,
  plugins: Readonly<Record<string, string>> = {},
  flags: readonly string[] = [],
): Promise<Threaded> {
  const sources = { 'witness.mjs': PLUGIN, ...plugins };
  const folder = testFolder(t, sources);
  const files = Object.keys(sources).filter((name) => name.endsWith('.mjs'));
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
  const command = startCommand(t, { args: ['--config', file], flags });
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

export type Way = 'throw' | 'reject' | 'exit' | 'hang' | 'leak';

/**
 * Brings a thread down that is not the main one. Settles once the log has its end.
 * @param model of the requests that do so
 */
export async function bringDown(way: Way, { url, command }: Threaded, model = 'm'): Promise<void> {
  const before = endsIn(command.stderr);
  const over = new AbortController();
  while (endsIn(command.stderr) === before) {
    const asked = ask(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-fail': way },
      body: JSON.stringify({ model, messages: [] }),
      signal: over.signal,
    });
    const heard = asked.then(({ body }) => body.dump()).catch(() => undefined);
    await Promise.race([heard, sleep(50)]);
  }
  over.abort();
}

const endsIn = (log: string): number => log.match(/thread \d+ has ended/g)?.length ?? 0;

/** A chat's stream that a thread beside the main one sends, as its bytes come. */
export async function streamBeside(
  url: string,
): Promise<{ readonly id: string; readonly whole: Promise<string> }> {
  const { headers, body } = await askBeside(() => chat(url, { stream: true }));
  return {
    id: String(headers['x-switchyard-request-id']),
    whole: body.text().catch((error: Error) => `broken: ${error.message}`),
  };
}

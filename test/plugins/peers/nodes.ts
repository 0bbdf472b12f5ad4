import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { freePort, startCommand, type Command } from '../../command.ts';
import { testFolder } from '../../test-folder.ts';
import { KEY } from './fleet.ts';

/** Streams numbered deltas until its file `finish` is there; a chat with the word `silent` gets no content before that. */
const PROGRAM = `
const { existsSync } = require('node:fs');
const ended = () => existsSync(process.env.FINISH);
const chunk = (delta, reason = null) => 'data: ' + JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'own', choices: [{ index: 0, delta, finish_reason: reason }] }) + '\\n\\n';
require('http').createServer((request, response) => {
  if (!request.url.includes('chat')) return response.end('{}');
  let body = '';
  request.on('data', (piece) => (body += piece)).on('end', () => {
    let count = 0;
    const isSilent = body.includes('silent');
    if (body.includes('"short"')) return response.setHeader('content-type', 'text/event-stream').end(chunk({ content: 'own' }) + chunk({}, 'stop') + 'data: [DONE]\\n\\n');
    response.setHeader('content-type', 'text/event-stream').flushHeaders();
    const writing = setInterval(() => {
      if (!ended()) return isSilent || response.write(chunk({ content: ++count + ' ' }));
      clearInterval(writing);
      response.end(chunk({ content: 'end' }) + chunk({}, 'stop') + 'data: [DONE]\\n\\n');
    }, 20);
    response.on('close', () => clearInterval(writing));
  });
}).listen(process.env.PORT, '127.0.0.1');`;

export interface Node {
  readonly name: string;
  readonly url: string;
  command: Command;
  /** The same once more, after its process has ended. */
  again(): Promise<void>;
}

export interface Fleet {
  readonly nodes: readonly Node[];
  /** Lets the streams of the programs end. */
  readonly finish: string;
}

/**
 * Gateways as processes, each with the same peers, itself among them.
 * @param own further config of each, by its name
 */
export async function startFleet(
  t: Test,
  own: Readonly<Record<string, Record<string, unknown>>>,
  peer: Record<string, unknown> = {},
): Promise<Fleet> {
  const folder = testFolder(t, {});
  const finish = join(folder, 'finish');
  const ports = new Map<string, number>();
  for (const name of Object.keys(own)) ports.set(name, await freePort());
  const peers = Object.fromEntries(
    [...ports].map(([name, port]) => [name, { url: `http://127.0.0.1:${port}`, key: KEY, ...peer }]),
  );
  const start = (name: string): Command =>
    startCommand(t, {
      args: ['--port', String(ports.get(name))],
      config: {
        discover: false,
        watch: false,
        unknownModels: 'reject',
        home: join(folder, name),
        server: { port: 0 },
        peers,
        ...own[name],
      },
    });
  const nodes = [...ports].map(([name, port]): Node => {
    const node: Node = {
      name,
      url: `http://127.0.0.1:${port}`,
      command: start(name),
      again: async () => {
        await node.command.ended;
        node.command = start(name);
        await node.command.url;
      },
    };
    return node;
  });
  await Promise.all(nodes.map(({ command }) => command.url));
  return { nodes, finish };
}

/** A local program with the model `own`. */
export const program = (finish: string): Record<string, unknown> => ({
  use: 'process',
  command: [process.execPath, '-e', PROGRAM],
  env: { PORT: '{port}', FINISH: finish },
  start: 'boot',
  models: { own: 'own' },
});

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Successors are no children of the test: each is ended by its pid. */
export function endLater(t: Test, pid: number): void {
  t.teardown(async () => {
    if (lives(pid)) process.kill(pid, 'SIGKILL');
    while (lives(pid)) await sleep(20);
  });
}

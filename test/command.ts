import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { root } from '../gateway.ts';

/** The real command, `node main.ts`, as a process of its own. */
export interface Command {
  readonly child: ChildProcess;
  readonly stdout: string;
  readonly stderr: string;
  /** where it listens, once it has said so; rejects with what it said when it ends before */
  readonly url: Promise<string>;
  /** how it ended */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

interface Given {
  readonly args?: readonly string[];
  /** Node's own, before the script */
  readonly flags?: readonly string[];
  /** beside PATH and HOME */
  readonly env?: Readonly<Record<string, string>>;
  /** where the gateway's own files are; undefined: the project's root */
  readonly cwd?: string;
  /** what a switchyard.yaml says; it is named by `--config` */
  readonly config?: Record<string, unknown>;
}

/** No request leaves this machine, whatever is in its environment. */
const OFFLINE = `
  import dns from 'node:dns';
  import { isIP } from 'node:net';
  const { lookup } = dns;
  dns.lookup = (name, options, done) => (isIP(name) ? lookup(name, options, done) : (done ?? options)(Object.assign(new Error('offline'), { code: 'ENOTFOUND' })));
`;

/** What one start has compiled the next need not: a third of the time. */
const COMPILED = join(tmpdir(), 'switchyard-test-compiled');

/** Starts it; ended with the test at the latest. */
export function startCommand(
  t: Test,
  { args = [], flags = [], env = {}, cwd = root, config }: Given = {},
): Command {
  const named = config === undefined ? [] : ['--config', configFile(config)];
  const { PATH = '', HOME = '' } = process.env;
  const preload = `--import=data:text/javascript,${encodeURIComponent(OFFLINE)}`;
  const child = spawn(process.execPath, [...flags, preload, 'main.ts', ...named, ...args], {
    cwd,
    env: { PATH, HOME, NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  const url = Promise.withResolvers<string>();
  url.promise.catch(() => undefined);
  child.stdout.on('data', (chunk: Buffer) => {
    said.stdout += chunk.toString();
    const found = /(?:^|\n)API: (\S+)\/v1\n[^]*\n\n$/.exec(said.stdout)?.[1];
    if (found !== undefined) url.resolve(found);
  });
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code, signal]) => {
    url.reject(new Error(`it ended before it listened: ${said.stdout}${said.stderr}`));
    return { code, signal } as Awaited<Command['ended']>;
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
    if (named[1] !== undefined) rmSync(dirname(named[1]), { recursive: true, force: true });
  });
  return {
    child,
    ended,
    url: url.promise,
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
  };
}

/** A folder of its own, for `t.testdir` throws away what the test has made before. */
function configFile(config: Record<string, unknown>): string {
  const file = join(mkdtempSync(join(tmpdir(), 'switchyard-')), 'switchyard.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** A port that was free a moment ago: none of those that a system gives away to a socket that asks for any. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer().listen(randomInt(20_000, 32_000), '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }
}

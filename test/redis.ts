import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { freePort } from './command.ts';

const PROGRAM = 'redis-server';

/** A reason to skip where Debian's package is not installed. */
export const noRedis: string | false =
  spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' }).status === 0 ? false : `${PROGRAM} is not installed`;

export interface RedisServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ended at once, and started again on the same port with what it had written. */
  restart(): Promise<void>;
  /** Ended at once, and another one with nothing in it started on the same port. */
  replace(): Promise<void>;
  /** Asks it by its own protocol, without a client. @returns the reply as it came */
  ask(...words: string[]): Promise<string>;
}

/** Redis on a free port, which writes everything at once to a folder of its own, ended with the test. @param more settings */
export async function redisServer(t: Test, more: Record<string, string> = {}): Promise<RedisServer> {
  const port = await freePort();
  let folder = newFolder();
  let child = await started(port, folder, more);
  // Not the folder of the test: a second server in it would begin by clearing it.
  const clear = async (): Promise<void> => {
    await end(child);
    rmSync(folder, { recursive: true, force: true });
  };
  t.teardown(clear);
  return {
    url: `redis://127.0.0.1:${port}`,
    get process() {
      return child;
    },
    async restart() {
      await end(child);
      child = await started(port, folder, more);
    },
    async replace() {
      await clear();
      folder = newFolder();
      child = await started(port, folder, more);
    },
    ask: (...words) => ask(port, words),
  };
}

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'switchyard-redis-'));

async function started(port: number, folder: string, more: Record<string, string>): Promise<ChildProcess> {
  const settings = {
    port,
    bind: '127.0.0.1',
    dir: folder,
    save: '',
    appendonly: 'yes',
    appendfsync: 'always',
    ...more,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(PROGRAM, args, { stdio: 'ignore' });
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${PROGRAM} ended with ${child.exitCode}`);
    if ((await ask(port, ['PING']).catch(() => '')) === '+PONG\r\n') return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function ask(port: number, words: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write(
      `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
    );
    const reply = await Promise.race([once(socket, 'data'), once(socket, 'end')]);
    if (reply.length === 0) throw new Error(`${PROGRAM} closed the connection`);
    return String(reply[0]);
  } finally {
    socket.destroy();
  }
}

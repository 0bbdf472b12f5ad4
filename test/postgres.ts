import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { Postgres } from '../kits/store-kit/postgres.ts';
import { freePort } from './command.ts';

/** Debian's folder of each version; they are not in PATH. */
const DEBIAN = '/usr/lib/postgresql';
const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
const FOLDERS = ['', ...versions.map((version) => `${DEBIAN}/${version}/bin/`)];
const found = FOLDERS.find((folder) => answers(`${folder}postgres`) && answers(`${folder}initdb`));

/** A reason to skip where Debian's package is not installed. */
export const noPostgres: string | false = found === undefined ? 'postgres is not installed' : false;

export interface PostgresServer {
  readonly url: string;
  /** The URL of a further database in it, which is empty. */
  database(): Promise<string>;
  /** It still listens, but answers nothing, while this works. */
  frozen<T>(work: () => Promise<T>): Promise<T>;
  /** Ended at once, with all of its processes. */
  kill(): Promise<void>;
  /** Started again on the same port with what it had written. */
  start(): Promise<void>;
  /** Gives it this certificate, for connections from now on. */
  certify(certificate: { readonly cert: string; readonly key: string }): Promise<void>;
  /** Connections of this role have to give its password. */
  wantsPassword(role: string): Promise<void>;
  /** Asks it over a connection of the test's own. */
  ask(text: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]>;
}

/** PostgreSQL on a free port, with a folder of its own, ended with the test. @param own further settings of it */
export async function postgresServer(
  t: Test,
  own: Readonly<Record<string, string | number>> = {},
): Promise<PostgresServer> {
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'switchyard-postgres-'));
  const user = userOf();
  if (user) chownSync(folder, user.uid, user.gid);
  chmodSync(folder, 0o700);
  const data = join(folder, 'data');
  const initialised = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--locale=C'];
  execFileSync(`${found}initdb`, initialised, { ...user, cwd: folder, stdio: 'ignore' });
  const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off', ...own };
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child: ChildProcess;
  const start = async (): Promise<void> => {
    child = spawn(`${found}postgres`, ['-D', data, ...args], { ...user, cwd: folder, stdio: 'ignore' });
    while (!(await accepts(url))) {
      if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`);
      await sleep(50);
    }
  };
  const kill = (): Promise<void> => end(child);
  t.teardown(async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  const ask: PostgresServer['ask'] = async (text, values = []) => {
    const postgres = await Postgres.open({ url, pool: 1 });
    return postgres.query(text, values).finally(() => postgres.close());
  };
  const write = (name: string, text: string): void => {
    writeFileSync(join(data, name), text, { mode: 0o600 });
    if (user) chownSync(join(data, name), user.uid, user.gid);
  };
  const reload = (): Promise<unknown> => ask('SELECT pg_reload_conf()');
  let databases = 0;
  return {
    url,
    start,
    kill,
    ask,
    async database() {
      const name = `other_${databases++}`;
      await ask(`CREATE DATABASE ${name}`);
      return url.replace(/postgres$/, name);
    },
    async certify({ cert, key }) {
      write('server.crt', cert);
      write('server.key', key);
      await ask('ALTER SYSTEM SET ssl = on');
      await reload();
      while ((await ask('SHOW ssl'))[0]?.ssl !== 'on') await sleep(10);
    },
    async wantsPassword(role) {
      const rules = [`${role} 127.0.0.1/32 scram-sha-256`, 'all 127.0.0.1/32 trust'];
      write('pg_hba.conf', rules.map((rule) => `host all ${rule}\n`).join(''));
      await reload();
      const asRole = url.replace('postgres@', `${role}@`);
      while (await accepts(asRole)) await sleep(10);
    },
    async frozen(work) {
      const all = withChildren(child.pid as number);
      for (const pid of all) signal(pid, 'SIGSTOP');
      try {
        return await work();
      } finally {
        for (const pid of all) signal(pid, 'SIGCONT');
      }
    },
  };
}

async function accepts(url: string): Promise<boolean> {
  const postgres = await Postgres.open({ url, pool: 1 });
  const answer = await postgres.query('SELECT 1').catch(() => []);
  await postgres.close();
  return answer.length === 1;
}

/** Its children would go on for a moment without it. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  const all = withChildren(child.pid as number);
  for (const pid of all) signal(pid, 'SIGKILL');
  await ended;
  // The next one does not begin while they have the memory.
  while (all.some((pid) => existsSync(`/proc/${pid}`))) await sleep(10);
}

/** Each connection has a process of its own, in a process group of its own. */
function withChildren(parent: number): number[] {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name) || !existsSync(`/proc/${name}/stat`)) return false;
    try {
      return readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ')[1] === String(parent);
    } catch {
      return false;
    }
  });
  return [parent, ...children.map(Number)];
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has ended.
  }
}

/** It refuses to run as root. */
function userOf(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const { status, stdout } = spawnSync('id', ['-u', 'postgres'], { encoding: 'utf8' });
  const uid = status === 0 ? Number(stdout) : 65_534;
  return { uid, gid: uid };
}

function answers(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readFile, readdir, readlink } from 'node:fs/promises';
import { allPids, commandOf, membersOf } from './procfs.ts';

/**
 * A port that is free.
 * @throws Error naming the process that has it
 */
export async function choosePort(port: number | 'free', host: string): Promise<number> {
  try {
    return await bind(port === 'free' ? 0 : port, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE')
      throw new Error(`cannot listen on ${host}:${port} (${code})`, { cause: error });
    const owner = await ownerOf(await listening(port as number));
    throw new Error(`port ${port} is already taken by ${owner}; end that, or give it another port`, {
      cause: error,
    });
  }
}

/** 'http://127.0.0.1:8005', 'http://[::1]:8005' */
export const originOf = (host: string, port: number): string =>
  `http://${host.includes(':') ? `[${host}]` : host}:${port}`;

/**
 * Whether another process than the group listens on a port: it could answer a probe.
 * @returns that process, for people; undefined: it is the group, or cannot be known
 */
export async function foreignListener(port: number, group: number): Promise<string | undefined> {
  const sockets = await listening(port);
  if (sockets.size === 0) return undefined;
  for (const pid of membersOf(group)) if (await holds(pid, sockets)) return undefined;
  return ownerOf(sockets);
}

function bind(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const chosen = (server.address() as AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}

/** The sockets, by inode, that listen on a port. */
async function listening(port: number): Promise<Set<string>> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  return new Set(
    rows.filter(([, local, , state]) => state === '0A' && local?.endsWith(suffix)).map((row) => row[9]!),
  );
}

async function ownerOf(sockets: ReadonlySet<string>): Promise<string> {
  if (sockets.size > 0) {
    for (const pid of allPids())
      if (await holds(pid, sockets)) return `pid ${pid} (${commandOf(pid) || 'unknown'})`;
  }
  return 'another process';
}

async function holds(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const links = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return links.some((link) => link.startsWith('socket:[') && sockets.has(link.slice(8, -1)));
}

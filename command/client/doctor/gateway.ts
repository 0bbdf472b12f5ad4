import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { askVersion, onPath, versionText } from '../../../kits/toolchain-kit/index.ts';
import { choosePort } from '../../../kits/process-kit/index.ts';
import { UNSUPERVISED, type OfflineSupervisor } from '../load-supervisor.ts';
import type { Setup } from '../programs.ts';

/** One check and its result. */
export interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
  readonly remedy?: string;
}

/** bytes that several of the larger programs need together */
const ROOM = 2 * 2 ** 30;

/** What the gateway itself and all programs need. */
export async function checkGateway({ loaded, supervisor }: Setup, signal: AbortSignal): Promise<Finding[]> {
  const { config, env } = loaded;
  return [
    { what: 'config', ok: true, found: loaded.file ?? 'none; the defaults are used' },
    { what: 'node', ok: true, found: `${process.versions.node} (${process.execPath})` },
    supervisor ? await git(supervisor, env, signal) : NO_PROGRAMS,
    await disk([config.home, config.apis]),
    await port(config.server),
  ];
}

/** No fault by itself: remote providers need no programs. */
const NO_PROGRAMS: Finding = { what: 'local programs', ok: true, found: UNSUPERVISED };

async function git(
  { gitEnvironment }: OfflineSupervisor,
  env: Setup['loaded']['env'],
  signal: AbortSignal,
): Promise<Finding> {
  const own = gitEnvironment(env, '/');
  const [path] = await onPath('git', own);
  const tool = path === undefined ? undefined : await askVersion(path, ['--version'], own, signal);
  if (tool) return { what: 'git', ok: true, found: `${versionText(tool.version)} (${tool.path})` };
  return {
    what: 'git',
    ok: false,
    found: 'none',
    remedy: 'install git (https://git-scm.com/downloads): programs are fetched with it',
  };
}

/** Of folders on several disks, the one with the least space counts. */
async function disk(folders: readonly string[]): Promise<Finding> {
  const all = await Promise.all(folders.map(async (folder) => ({ folder, free: await freeFor(folder) })));
  const { folder, free } = all.reduce((least, one) => (one.free < least.free ? one : least));
  const found = `${(free / 2 ** 30).toFixed(1)} GiB free for ${folder}`;
  if (free >= ROOM) return { what: 'disk', ok: true, found };
  return {
    what: 'disk',
    ok: false,
    found,
    remedy: `free some space: programs take up to ${ROOM / 2 ** 30} GiB; or name another folder as home, or as apis, in the config`,
  };
}

/** Free bytes; the folder may not exist yet. */
async function freeFor(folder: string): Promise<number> {
  const stats = await statfs(folder).catch(() => undefined);
  return stats ? stats.bavail * stats.bsize : freeFor(dirname(folder));
}

/** A running gateway holds the port, as it should. */
async function port({ host, port: wish }: Setup['loaded']['config']['server']): Promise<Finding> {
  const what = `port ${wish}`;
  try {
    await choosePort(wish === 0 ? 'free' : wish, host);
    return { what, ok: true, found: 'free' };
  } catch (error) {
    const { message } = error as Error;
    if (/main\.ts/.test(message)) return { what, ok: true, found: 'a gateway is running there' };
    return { what, ok: false, found: message, remedy: `end the program on port ${wish}, or set server.port` };
  }
}

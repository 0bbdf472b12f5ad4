import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem, release, type } from 'node:os';
import { heapFlags, oneCoreFlags } from '../node.ts';
import type { Options } from '../options.ts';
import { here } from '../peer.ts';
import { isMeasured } from '../proc.ts';
import { cores, isPinned } from '../processes.ts';

export type Facts = Record<string, string>;

/** Where, with what and how a run was made: a number without these says nothing. */
export function machine({ withHeapFlags, rounds }: Options): Facts {
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    command: ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
      ' ',
    ),
    commit: commit(),
    machine: `${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, load average ${loadavg()[0]?.toFixed(2)} at the start`,
    versions: [
      `Node ${process.versions.node}`,
      ...['fastify', '@fastify/http-proxy', 'undici', 'autocannon'].map((name) => `${name} ${version(name)}`),
    ].join(', '),
    heap: withHeapFlags ? [...heapFlags, ...oneCoreFlags].join(' ') : "Node's own settings",
    rounds: `${rounds}, fresh processes each, order turned around each time`,
    cores: isPinned
      ? `gateway on ${cores.gateway}, upstream and load on ${cores.rest}`
      : 'not pinned: taskset is not there',
    cpu: isMeasured ? 'user + system of the whole process tree, from /proc' : 'not measured: only on Linux',
  };
}

export const describe = (facts: Facts): string =>
  `${Object.entries(facts)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n')}\n`;

const version = (name: string): string =>
  JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), 'utf8')).version;

function commit(): string {
  const git = (...args: string[]): string =>
    execFileSync('git', args, {
      cwd: here('.'),
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    const isClean = git('status', '--porcelain', '--', '..', ':!RESULTS.md') === '';
    return git('rev-parse', '--short', 'HEAD') + (isClean ? '' : ', with changes');
  } catch {
    return 'none';
  }
}

import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Test } from 'tap';
import { startHouse, type House } from '../house.ts';
import { repositories, type Repositories } from './repositories.ts';

const programs = join(import.meta.dirname, '../fixtures/programs');

/** Whom this machine trusts: what registries are reached with. */
const trust = Object.fromEntries(
  Object.entries(process.env).filter((entry): entry is [string, string] =>
    /^(NODE_EXTRA_CA_CERTS|(PIP|SSL)_CERT\w*|\w+_PROXY)$/i.test(entry[0]),
  ),
);

/** A file or a folder of the stand-ins, as files of a repository. */
export function fixture(name: string, as: string): Record<string, string> {
  const path = join(programs, name);
  if (!statSync(path).isDirectory()) return { [as]: readFileSync(path, 'utf8') };
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'),
  );
  const files = entries.map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((file) => [join(as, relative(path, file)), readFileSync(file, 'utf8')]),
  );
}

/** The house with one of the fourteen on a free port, its code being a stand-in that is fetched as the real one would be. */
export async function startProgram(
  t: Test,
  name: string,
  {
    files,
    options = {},
    env = {},
  }: {
    files: Record<string, string>;
    options?: Record<string, unknown>;
    env?: Record<string, string>;
  },
): Promise<{ house: House; there: Repositories; provider: () => Promise<Described> }> {
  const there = repositories(t);
  const url = `https://git.example.com/${name}.git`;
  const source = { git: url, commit: there.commit(url, files) };
  const house = await startHouse(
    t,
    {
      home: join(there.folder, 'home'),
      timeouts: { start: '60s', total: '90s' },
      providers: { [name]: { start: 'on-demand', port: 'free', source, ...options } },
    },
    { env: { ...there.env, ...trust, ...env } },
  );
  const provider = async (): Promise<Described> => {
    const { providers } = (await house.ask('/providers')).json() as { providers: Described[] };
    return providers.find((one) => one.name === name)!;
  };
  return { house, there, provider };
}

export interface Described {
  readonly name: string;
  readonly state: string;
  readonly dormant: boolean;
  readonly aliases: readonly string[];
  readonly lacks: readonly string[];
  readonly process?: { readonly state: string; readonly reason: string; readonly port: number | null };
}

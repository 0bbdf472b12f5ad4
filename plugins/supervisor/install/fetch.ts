import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { existsSync } from 'node:fs';
import type { Checkout, Code } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { clone, displaySource } from './git-clone.ts';
import { askGit, gitEnvironment } from './git.ts';
import { stateOf } from './checkout-state.ts';
import { Semaphore } from './semaphore.ts';

export interface FetchJob {
  readonly provider: string;
  readonly code: Code;
  /** where a repository's checkout belongs */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
  /** called with notes for the operator that are no errors */
  readonly remark: (line: string) => void;
}

type Repository = Extract<Code, { git: string }>;

/** bounds how many are fetched at once */
const fetches = new Semaphore(3);

/**
 * Makes sure that a program's code is there, at the commit that was named. An operator's changes are never touched.
 * @throws GatewayError install_failed or toolchain_missing, with the remedy
 */
export async function fetchCode(job: FetchJob): Promise<Checkout> {
  const { code, provider, signal } = job;
  if ('folder' in code) {
    if (!existsSync(code.folder)) {
      throw new GatewayError(
        'install_failed',
        `${provider}: there is no folder ${code.folder}; name another in providers.${provider}.source.folder`,
      );
    }
    return { folder: code.folder, state: await stateOf(code.folder) };
  }
  const { folder } = job;
  const found = await inspect(folder, code, job);
  if (found.as === 'it is') job.remark(`${folder} is used as it is: ${found.because}`);
  if (found.as === 'broken') await putAside(folder, job);
  if (found.as === 'broken' || found.as === 'to fetch') await fetches.run(signal, () => clone(code, job));
  const inside = join(folder, code.subfolder ?? '.');
  if (!existsSync(inside)) {
    throw new GatewayError(
      'install_failed',
      `${provider}: ${displaySource(code)} has no folder '${code.subfolder}'; look at providers.${provider}.source.subfolder`,
    );
  }
  return { folder: inside, state: found.as === 'it is' ? await stateOf(folder) : code.commit };
}

type Found =
  | { readonly as: 'wanted' | 'to fetch' | 'broken' }
  | { readonly as: 'it is'; readonly because: string };

/** The state of the checkout's folder, and whether it may be replaced. */
async function inspect(
  folder: string,
  { git, commit }: Repository,
  { env: given, signal }: FetchJob,
): Promise<Found> {
  if (!existsSync(folder)) return { as: 'to fetch' };
  if (!existsSync(join(folder, '.git'))) return { as: 'it is', because: 'it is no git checkout' };
  const env = gitEnvironment(given, folder);
  const ask = (...question: string[]) => askGit(folder, question, { env, signal });
  const head = await ask('rev-parse', '--verify', 'HEAD^{commit}');
  const changes = await ask('status', '--porcelain');
  if (head === undefined || changes === undefined)
    return (await ask('--version')) === undefined
      ? { as: 'it is', because: 'git cannot be run' }
      : { as: 'broken' };
  const ours = await ask('config', '--local', 'switchyard.commit');
  const origin = await ask('config', '--local', 'remote.origin.url');
  const wanted = await ask('rev-parse', '--verify', `${commit}^{commit}`);
  if (changes !== '') return { as: 'it is', because: 'it has local changes' };
  if (head === wanted && (origin === git || ours === undefined)) return { as: 'wanted' };
  if (head !== ours)
    return { as: 'it is', because: `it is at ${head.slice(0, 12)}, which was not fetched by the gateway` };
  return { as: 'to fetch' };
}

/** Its content is unknown, so it is kept until the next time. */
async function putAside(folder: string, { remark }: FetchJob): Promise<void> {
  const aside = `${folder}.broken`;
  remark(`${folder} is a broken checkout; it was moved to ${aside} and is fetched again`);
  await rm(aside, { recursive: true, force: true });
  await mkdir(dirname(aside), { recursive: true });
  await rename(folder, aside);
}

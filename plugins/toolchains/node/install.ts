import { cp, access } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ToolchainJob } from '../../../core/contracts/index.ts';
import { type Remedy, runTool } from '../../../kits/toolchain-kit/index.ts';
import { NpmProgress } from './progress.ts';

interface Installation extends ToolchainJob {
  readonly npm: string;
  readonly env: Record<string, string>;
  readonly stage: string;
}

/** A package's own scripts are the way by which strangers' code runs on people's machines unasked. */
const QUIETLY = ['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier'];

const REMEDIES: readonly Remedy[] = [
  [
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|network/i,
    'the package registry cannot be reached; look at the network, or name a mirror (npm config set registry URL)',
  ],
  [/E404|ETARGET|No matching version/, 'the package registry has no such package or version'],
];

export async function installPackage(job: Installation, spec: string): Promise<void> {
  const words = ['install', '--prefix', job.stage, ...QUIETLY, spec];
  await npm(job, `fetching ${spec} and its packages`, job.stage, words);
}

/** Modules are looked for beside the code, and the checkout must stay as it is: so the code is copied. */
export async function installCheckout(job: Installation, checkout: string): Promise<void> {
  const app = join(job.stage, 'app');
  const outside = new Set(['.git', 'node_modules']);
  await cp(checkout, app, { recursive: true, filter: (path) => !outside.has(basename(path)) });
  const isLocked = await access(join(app, 'package-lock.json')).then(
    () => true,
    () => false,
  );
  await npm(job, 'fetching its packages', app, [isLocked ? 'ci' : 'install', ...QUIETLY]);
}

async function npm(
  { npm: path, provider, env, signal, progress }: Installation,
  doing: string,
  cwd: string,
  words: string[],
): Promise<void> {
  const seen = new NpmProgress(doing, progress);
  const line = (text: string): void => seen.read(text);
  const command = [path, ...words, '--loglevel=http'];
  try {
    await runTool({ provider, command, cwd, env, signal, line, remedies: REMEDIES });
  } finally {
    seen.end();
  }
}

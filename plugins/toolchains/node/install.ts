import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runNpm, type ToolchainJob } from '../../../kits/toolchain-kit/index.ts';
import { NpmProgress } from './progress.ts';

interface Installation extends ToolchainJob {
  readonly npm: string;
  readonly env: Record<string, string>;
  readonly stage: string;
}

export function installPackage(job: Installation, spec: string): Promise<void> {
  const words = ['install', '--prefix', job.stage];
  return install(job, {
    doing: `fetching ${spec} and its packages`,
    cwd: job.stage,
    words,
    packages: [spec],
  });
}

/** Node looks for modules beside the code, and the checkout must stay as it is: so the code is copied. */
export async function installCheckout(job: Installation, checkout: string): Promise<void> {
  const app = join(job.stage, 'app');
  const outside = new Set(['.git', 'node_modules']);
  await cp(checkout, app, { recursive: true, filter: (path) => !outside.has(basename(path)) });
  const words = [existsSync(join(app, 'package-lock.json')) ? 'ci' : 'install'];
  await install(job, { doing: 'fetching its packages', cwd: app, words });
}

interface Step {
  readonly doing: string;
  readonly cwd: string;
  readonly words: readonly string[];
  readonly packages?: readonly string[];
}

async function install(
  { npm, provider, env, signal, progress }: Installation,
  { doing, ...step }: Step,
): Promise<void> {
  const shown = new NpmProgress(doing, progress);
  try {
    await runNpm({ ...step, npm, provider, env, signal, line: (text) => shown.read(text) });
  } finally {
    shown.end();
  }
}

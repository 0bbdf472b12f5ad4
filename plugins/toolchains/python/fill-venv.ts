import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkout } from '../../../core/contracts/index.ts';
import { Output } from '../../../kits/process-kit/output.ts';
import { runOnce } from '../../../kits/process-kit/run-once.ts';
import { runTool } from '../../../kits/toolchain-kit/index.ts';
import { explainInstall } from './failure.ts';
import type { Found } from './find.ts';
import { PipProgress } from './progress.ts';
import type { VenvPackages } from './venv.ts';

interface Filling {
  readonly provider: string;
  readonly packages: VenvPackages;
  readonly checkout: Checkout;
  readonly folder: string;
  readonly found: Found;
  readonly env: Record<string, string>;
  readonly stage: string;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** ms between two lines about how far it is, even when nothing seems to move */
const PULSE = 1_000;

export const pythonIn = (folder: string): string =>
  process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

/**
 * Makes an environment and installs into it. Its scripts name the stage, so programs are run as `python -m NAME`.
 * @throws GatewayError install_failed, with pip's last words and the remedy
 */
export async function fillVenv(filling: Filling): Promise<void> {
  const { provider, packages, checkout, found, env, stage, signal } = filling;
  const { executable } = found.python;
  // Its own pip would take seconds, and Debian's Python has none to give.
  const command = [executable, '-m', 'venv', '--without-pip', stage];
  await runTool({ provider, command, cwd: stage, env, signal, remedies: [] });
  const { requirements, named = [] } = packages;
  const wanted = [
    ...(requirements === undefined ? [] : ['-r', join(checkout.folder, requirements)]),
    ...named,
  ];
  if (wanted.length === 0) return;

  const inside = pythonIn(stage);
  const words = ['install', '--no-input', '--disable-pip-version-check', ...wanted];
  const lines = await pip([found.installer.executable, '-m', 'pip', '--python', inside, ...words], filling);
  if (lines === undefined) return;
  if (!lines.some((line) => line.includes('no such option: --python'))) return fail(filling, lines);
  await runTool({
    provider,
    command: [inside, '-m', 'ensurepip'],
    cwd: stage,
    env,
    signal,
    remedies: [[/No module named ensurepip/, 'this Python has no pip that is new enough (22.3); upgrade it']],
  });
  const further = await pip([inside, '-m', 'pip', ...words], filling);
  if (further) fail(filling, further);
}

/** @returns what it wrote when it failed */
async function pip(
  command: readonly string[],
  { env, stage, signal, progress }: Filling,
): Promise<readonly string[] | undefined> {
  // Inside the stage, what pip fetches can be seen growing.
  const temporary = join(stage, 'tmp');
  await mkdir(temporary, { recursive: true });
  const told = new PipProgress(temporary, progress);
  const output = new Output((line) => told.read(line));
  const pulse = setInterval(() => void told.tell(), PULSE);
  try {
    const place = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const exit = await runOnce({ command, cwd: stage, env: { ...env, ...place }, output }, signal);
    return exit.code === 0 ? undefined : output.lines;
  } finally {
    clearInterval(pulse);
    await rm(temporary, { recursive: true, force: true });
  }
}

function fail({ found, ...filling }: Filling, lines: readonly string[]): never {
  throw explainInstall({ ...filling, python: found.python, exit: { code: 1, signal: null }, lines });
}

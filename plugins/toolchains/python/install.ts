import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Output } from '../../../kits/process-kit/output.ts';
import type { Packages } from './packages.ts';
import { explainCheck, explainInstall } from './failure.ts';
import type { Found } from './find.ts';
import { libOf, writeInstalled } from './installed.ts';
import type { Installed } from './installed.ts';
import { PipProgress } from './progress.ts';
import { runOnce } from '../../../kits/process-kit/run-once.ts';
import { whole } from '../../../kits/toolchain-kit/index.ts';

interface Installation {
  readonly provider: string;
  readonly packages: Packages;
  readonly folder: string;
  readonly note: Installed;
  readonly found: Found;
  readonly env: Record<string, string>;
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

/** ms between two lines about how far it is, even when nothing seems to move */
const PULSE = 1_000;

/** Only what was pinned, as it was pinned, and nothing that would have to be built. */
const STRICTLY =
  '--no-deps --require-hashes --only-binary :all: --no-compile --no-input --disable-pip-version-check'.split(
    ' ',
  );

/**
 * Installs pinned wheels into a folder of their own.
 * @throws GatewayError install_failed, with pip's last words and the remedy
 */
export function install(installation: Installation): Promise<void> {
  return whole(installation.folder, async (stage) => {
    await fetchPackages(installation, stage);
    await check(installation, stage);
    await writeInstalled(stage, installation.note);
  });
}

async function fetchPackages(installation: Installation, stage: string): Promise<void> {
  const { packages, found, env, signal, progress } = installation;
  // Inside the stage, what pip fetches can be seen growing, and is moved rather than copied at the end.
  const temporary = join(stage, 'tmp');
  await mkdir(temporary);
  const told = new PipProgress(temporary, progress);
  const output = new Output((line) => told.read(line));
  const pulse = setInterval(() => void told.tell(), PULSE);
  try {
    const pip = [found.installer.executable, '-m', 'pip', 'install', '--target', libOf(stage)];
    const command = [...pip, ...STRICTLY, ...forAnother(found), '-r', packages.requirements];
    const place = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
    const exit = await runOnce({ command, cwd: stage, env: { ...env, ...place }, output }, signal);
    if (exit.code !== 0)
      throw explainInstall({ ...installation, python: found.python, exit, lines: output.lines });
  } finally {
    clearInterval(pulse);
  }
  await rm(temporary, { recursive: true, force: true });
}

/** What pip must be told when it runs in another Python than the one it installs for. */
function forAnother({ python, installer }: Found): string[] {
  if (python === installer) return [];
  // It would still hold its own version against what a package requires.
  return [
    '--python-version',
    python.version.slice(0, 2).join('.'),
    '--implementation',
    'cp',
    '--ignore-requires-python',
  ];
}

async function check(installation: Installation, stage: string): Promise<void> {
  const { packages, found, env, signal, progress } = installation;
  if (packages.check === undefined) return;
  progress('trying it');
  const command = [found.python.executable, '-c', packages.check];
  const output = new Output();
  const exit = await runOnce(
    { command, cwd: stage, env: { ...env, PYTHONPATH: libOf(stage) }, output },
    signal,
  );
  if (exit.code !== 0)
    throw explainCheck({ ...installation, python: found.python, exit, lines: output.lines });
}

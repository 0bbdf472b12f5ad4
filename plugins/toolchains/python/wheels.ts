/** A program that is nothing but packages: pinned wheels in a folder of their own, for the interpreter that was found. */
import { Output, replaceFolder, runOnce, type ToolchainJob } from '../../../kits/toolchain-kit/index.ts';
import { explainCheck, explainInstall } from './failure.ts';
import { findPython, type Found, type Machine } from './find.ts';
import {
  fingerprintOf,
  isUsable,
  libOf,
  readInstalled,
  writeInstalled,
  type Installed,
} from './installed.ts';
import { readWheels, type Wheels } from './packages.ts';
import { runPip } from './pip.ts';

/** Only what was pinned, as it was pinned, and nothing that would have to be built. */
const STRICTLY =
  '--no-deps --require-hashes --only-binary :all: --no-compile --no-input --disable-pip-version-check'.split(
    ' ',
  );

export async function prepareWheels(job: ToolchainJob, machine: Machine): Promise<Record<string, string>> {
  const { provider, folder, signal, progress } = job;
  const wheels = readWheels(job);
  const { configured } = machine;
  const fingerprint = await fingerprintOf(wheels);
  const installed = await readInstalled(folder, fingerprint);
  if (installed && installed.configured === configured && (await isUsable(installed)))
    return { python: installed.python, lib: libOf(folder) };
  progress('looking for Python');
  const found = await findPython({ provider, range: wheels.python, signal, ...machine });
  const python = found.python.executable;
  const note = { fingerprint, python, ...(configured === undefined ? {} : { configured }) };
  if (installed) await writeInstalled(folder, note);
  else await install({ ...job, wheels, note, found, env: machine.env });
  return { python, lib: libOf(folder) };
}

interface Installation extends ToolchainJob {
  readonly wheels: Wheels;
  readonly note: Installed;
  readonly found: Found;
  readonly env: Record<string, string>;
}

/** @throws GatewayError install_failed, with pip's last words and the remedy */
function install(installation: Installation): Promise<void> {
  return replaceFolder(installation.folder, async (stage) => {
    await fetchPackages(installation, stage);
    await check(installation, stage);
    await writeInstalled(stage, installation.note);
  });
}

async function fetchPackages(installation: Installation, stage: string): Promise<void> {
  const { wheels, found } = installation;
  const pip = [found.installer.executable, '-m', 'pip', 'install', '--target', libOf(stage)];
  const command = [...pip, ...STRICTLY, ...forAnother(found), '-r', wheels.requirements];
  const { exit, lines } = await runPip({ ...installation, command, stage });
  if (exit.code !== 0) throw explainInstall({ ...installation, python: found.python, exit, lines });
}

/** Arguments for pip when it runs in another Python than the one it installs for. */
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
  const { wheels, found, env, signal, progress } = installation;
  if (wheels.check === undefined) return;
  progress('trying it');
  const command = [found.python.executable, '-c', wheels.check];
  const output = new Output();
  const own = { ...env, PYTHONPATH: libOf(stage) };
  const exit = await runOnce({ command, cwd: stage, env: own, output }, signal);
  if (exit.code !== 0)
    throw explainCheck({ ...installation, python: found.python, exit, lines: output.lines });
}

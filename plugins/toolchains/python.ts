/** Programs that live in Python packages: an interpreter is found, the pinned packages are put into a folder of their own. */
import type {
  Host,
  OptionsOf,
  Toolchain,
  ToolchainJob,
  ToolchainPlugin,
  ToolchainWish,
} from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { installEnvironment } from './python/environment.ts';
import { findPython } from './python/find.ts';
import { install } from './python/install.ts';
import { versionOf } from './python/interpreter.ts';
import { isPackages, mistakesOf } from './python/packages.ts';
import { isVenvPackages, prepareVenv } from './python/venv.ts';
import { fingerprintOf, isUsable, libOf, readInstalled, writeInstalled } from './python/installed.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    python: {
      type: 'string',
      description: 'Path of the Python interpreter; by default it is found on the machine.',
    },
  },
} as const;

type Options = OptionsOf<typeof options>;

const create = ({ python: configured }: Options, host: Host): Toolchain => {
  const machine = { configured, env: installEnvironment(host.env) };
  return {
    prepare: (job) => prepare(job, machine),
    find: async (wish) => {
      const { packages, provider, signal } = wish;
      if (!isPackages(packages) && !isVenvPackages(packages)) throw wrong(wish, isVenvPackages.errors);
      const { python } = await findPython({ provider, range: packages.python, signal, ...machine });
      return `Python ${versionOf(python)} (${python.executable})`;
    },
  };
};

async function prepare(
  job: ToolchainJob,
  { configured, env }: { configured: string | undefined; env: Record<string, string> },
): Promise<Record<string, string>> {
  const { provider, packages, folder, checkout, signal, progress } = job;
  if (checkout) {
    if (isVenvPackages(packages)) return prepareVenv({ ...job, packages }, { configured, env });
    throw wrong(job, isVenvPackages.errors);
  }
  if (!isPackages(packages)) throw wrong(job, isPackages.errors);
  const fingerprint = await fingerprintOf(packages);
  const installed = await readInstalled(folder, fingerprint);
  if (installed && installed.configured === configured && (await isUsable(installed))) {
    return { python: installed.python, lib: libOf(folder) };
  }
  progress('looking for Python');
  const found = await findPython({ provider, range: packages.python, configured, env, signal });
  const python = found.python.executable;
  const note = { fingerprint, python, ...(configured === undefined ? {} : { configured }) };
  if (installed) await writeInstalled(folder, note);
  else await install({ provider, packages, folder, note, found, env, signal, progress });
  return { python, lib: libOf(folder) };
}

function wrong({ provider }: ToolchainWish, errors: typeof isPackages.errors): GatewayError {
  return new GatewayError('install_failed', `${provider}: its packages are not right: ${mistakesOf(errors)}`);
}

export default { name: 'python', options, create } satisfies ToolchainPlugin<Options>;

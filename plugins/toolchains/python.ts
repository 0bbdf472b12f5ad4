/** Programs in Python: an interpreter is found, and packages are put into a folder of their own. */
import type { OptionsOf, ToolchainPlugin } from '../../kits/toolchain-kit/index.ts';
import { pythonEnvironment } from './python/environment.ts';
import { findPython } from './python/find.ts';
import { versionOf } from './python/interpreter.ts';
import { readEither } from './python/packages.ts';
import { prepareVenv } from './python/venv.ts';
import { prepareWheels } from './python/wheels.ts';

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

export default {
  name: 'python',
  options,
  create({ python: configured }, host) {
    const machine = { configured, env: pythonEnvironment(host.env) };
    return {
      prepare: (job) =>
        job.checkout ? prepareVenv(job, job.checkout, machine) : prepareWheels(job, machine),
      async find(wish) {
        const { provider, signal } = wish;
        const { python } = await findPython({ provider, range: readEither(wish).python, signal, ...machine });
        return `Python ${versionOf(python)} (${python.executable})`;
      },
    };
  },
} satisfies ToolchainPlugin<OptionsOf<typeof options>>;

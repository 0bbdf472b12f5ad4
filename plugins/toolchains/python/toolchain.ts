import type { Toolchain } from '../../../kits/toolchain-kit/index.ts';
import { pythonEnvironment } from './environment.ts';
import { findPython, type Machine } from './find.ts';
import { versionOf } from './interpreter.ts';
import { readEither } from './packages.ts';
import { prepareVenv } from './venv.ts';
import { prepareWheels } from './wheels.ts';

type Environment = Parameters<typeof pythonEnvironment>[0];

/** @param configured path of the interpreter that the operator names; undefined: it is found on the machine */
export function pythonToolchain(
  configured: string | undefined,
  env: Environment,
): Required<Omit<Toolchain, 'close'>> {
  const machine: Machine = { configured, env: pythonEnvironment(env) };
  return {
    prepare: (job) => (job.checkout ? prepareVenv(job, job.checkout, machine) : prepareWheels(job, machine)),
    async find(wish) {
      const { provider, signal } = wish;
      const { python } = await findPython({ provider, range: readEither(wish).python, signal, ...machine });
      return `Python ${versionOf(python)} (${python.executable})`;
    },
  };
}

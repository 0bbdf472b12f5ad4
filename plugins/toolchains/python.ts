/** Programs in Python: an interpreter is found, and packages are put into a folder of their own. */
import type { OptionsOf, ToolchainPlugin } from '../../kits/toolchain-kit/index.ts';

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
  create({ python }, { env }) {
    // It is loaded for the first program that needs it.
    const load = async () => (await import('./python/toolchain.ts')).pythonToolchain(python, env);
    return {
      prepare: async (job) => (await load()).prepare(job),
      find: async (wish) => (await load()).find(wish),
    };
  },
} satisfies ToolchainPlugin<OptionsOf<typeof options>>;

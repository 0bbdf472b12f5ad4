/** Programs for Deno: the one of this machine where its version fits, else the one that npm has; each with a cache of its own. */
import { join } from 'node:path';
import type {
  Host,
  OptionsOf,
  Toolchain,
  ToolchainJob,
  ToolchainPlugin,
  ToolchainWish,
} from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import {
  askVersion,
  fingerprint,
  fits,
  installEnvironment,
  made,
  onPath,
  RANGE,
  type Remedy,
  runTool,
  told,
  type Tool,
} from '../../kits/toolchain-kit/index.ts';
import { validator } from '../../kits/feature-kit/index.ts';
import { choosePackage, isWrapper, packagedDeno } from './deno/packaged.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    deno: { type: 'string', description: 'Path of the deno command; by default it is found or fetched.' },
  },
} as const;

type Options = OptionsOf<typeof options>;

const packagesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['deno', 'entry'],
  properties: {
    /** '>=2', '>=1.46 <2' */
    deno: { type: 'string', pattern: RANGE },
    /** the module whose imports are fetched beforehand, seen from the checkout */
    entry: { type: 'string' },
  },
} as const;

const isPackages = validator().compile<OptionsOf<typeof packagesSchema>>(packagesSchema);

const OWN =
  /^(npm_config_(registry|cache|cafile|https?_proxy|proxy|noproxy|userconfig)|DENO_(CERT|TLS_CA_STORE)|JSR_URL)$/i;

const REMEDIES: readonly Remedy[] = [
  [
    /error sending request|dns error|Import '.*' failed|Module not found "https?:|Connect/i,
    'the modules it imports by URL cannot be fetched from this machine; look at the network and HTTPS_PROXY',
  ],
];

const create = ({ deno: configured }: Options, host: Host): Toolchain => {
  const env = installEnvironment(host.env, OWN);
  return {
    prepare: (job) => prepare(job, configured, env),
    find: async (wish) => {
      if (!isPackages(wish.packages)) throw wrong(wish);
      const { deno: range } = wish.packages;
      const { tool, seen } = await look(wish, range, configured, env);
      if (tool) return `Deno ${told(tool.version)} (${tool.path})`;
      const { version } = await choosePackage(wish, range, seen, env);
      return `Deno ${told(version)} (fetched from npm)`;
    },
  };
};

async function prepare(
  job: ToolchainJob,
  configured: string | undefined,
  env: Record<string, string>,
): Promise<Record<string, string>> {
  const { packages, checkout, folder, provider, signal, progress } = job;
  if (!isPackages(packages) || !checkout) throw wrong(job);
  const { tool, seen } = await look(job, packages.deno, configured, env);
  const deno = tool ?? (await packagedDeno(job, packages.deno, seen, env));
  await made(folder, fingerprint(checkout.state, told(deno.version), packages), async (stage) => {
    progress('fetching what it imports');
    const entry = join(checkout.folder, packages.entry);
    const own = {
      ...env,
      DENO_DIR: join(stage, 'cache'),
      // Else a package.json in any folder around it gets a deno.lock beside it.
      DENO_NO_PACKAGE_JSON: '1',
      DENO_NO_UPDATE_CHECK: '1',
      NO_COLOR: '1',
    };
    await runTool({
      provider,
      command: [deno.path, 'cache', entry],
      cwd: stage,
      env: own,
      signal,
      remedies: REMEDIES,
    });
  });
  return { deno: deno.path, denodir: join(folder, 'cache') };
}

/** The one of this machine that fits, else those that do not, for people. */
async function look(
  { signal }: ToolchainWish,
  range: string,
  configured: string | undefined,
  env: Record<string, string>,
): Promise<{ readonly tool?: Tool; readonly seen: readonly string[] }> {
  const seen: string[] = [];
  for (const path of configured === undefined ? await onPath('deno', env) : [configured]) {
    const tool = await askVersion(path, ['--version'], env, signal);
    // A wrapper would outlive its signal's target: the real one is asked for.
    if (tool && fits(tool.version, range) && !(await isWrapper(path))) return { tool, seen };
    if (tool) seen.push(`${told(tool.version)} (${path})`);
  }
  return { seen };
}

function wrong({ provider }: ToolchainWish): GatewayError {
  return new GatewayError(
    'install_failed',
    `${provider}: the deno toolchain needs a checkout and { deno, entry }`,
  );
}

export default { name: 'deno', options, create } satisfies ToolchainPlugin<Options>;

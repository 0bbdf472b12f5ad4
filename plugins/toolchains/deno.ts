/** Programs for Deno: the one of this machine where its version fits, else the one that npm has; each with a cache of its own. */
import { join } from 'node:path';
import {
  checkoutOf,
  fingerprint,
  installEnvironment,
  installOnce,
  NPM_VARIABLES,
  onPath,
  packagesReader,
  RANGE,
  runTool,
  searchTool,
  versionText,
  type OptionsOf,
  type Remedy,
  type ToolchainPlugin,
  type ToolchainWish,
} from '../../kits/toolchain-kit/index.ts';
import { choosePackage, isWrapper, packagedDeno } from './deno/packaged.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    deno: { type: 'string', description: 'Path of the deno command; by default it is found or fetched.' },
  },
} as const;

const packages = {
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

const read = packagesReader<OptionsOf<typeof packages>>(packages);

const VARIABLES = /^(DENO_(CERT|TLS_CA_STORE)|JSR_URL)$/i;

const REMEDIES: readonly Remedy[] = [
  [
    /error sending request|dns error|Import '.*' failed|Module not found "https?:|Connect/i,
    'the modules it imports by URL cannot be fetched from this machine; look at the network and HTTPS_PROXY',
  ],
];

export default {
  name: 'deno',
  options,
  create({ deno: configured }, host) {
    const env = installEnvironment(host.env, NPM_VARIABLES, VARIABLES);
    const search = async (wish: ToolchainWish) => {
      const { deno: range } = read(wish);
      const paths = configured === undefined ? await onPath('deno', env) : [configured];
      // A wrapper would outlive a signal to it: the real program is taken.
      const suits = async (path: string): Promise<boolean> => !(await isWrapper(path));
      return { range, ...(await searchTool({ range, paths, env, signal: wish.signal, suits })) };
    };
    return {
      async prepare(job) {
        const wanted = read(job);
        const checkout = checkoutOf(job);
        const { tool, range, seen } = await search(job);
        const deno = tool ?? (await packagedDeno(job, range, seen, env));
        const from = fingerprint(checkout.state, versionText(deno.version), wanted);
        await installOnce(job.folder, from, async (stage) => {
          job.progress('fetching what it imports');
          await runTool({
            provider: job.provider,
            command: [deno.path, 'cache', join(checkout.folder, wanted.entry)],
            cwd: stage,
            env: { ...env, ...cacheIn(stage) },
            signal: job.signal,
            remedies: REMEDIES,
          });
        });
        return { deno: deno.path, denodir: join(job.folder, 'cache') };
      },
      async find(wish) {
        const { tool, range, seen } = await search(wish);
        if (tool) return `Deno ${versionText(tool.version)} (${tool.path})`;
        const { version } = await choosePackage(wish, range, seen, env);
        return `Deno ${versionText(version)} (fetched from npm)`;
      },
    };
  },
} satisfies ToolchainPlugin<OptionsOf<typeof options>>;

const cacheIn = (folder: string): Record<string, string> => ({
  DENO_DIR: join(folder, 'cache'),
  // Else a package.json in any folder around it gets a deno.lock beside it.
  DENO_NO_PACKAGE_JSON: '1',
  DENO_NO_UPDATE_CHECK: '1',
  NO_COLOR: '1',
});

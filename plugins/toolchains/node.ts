/** Programs in JavaScript: a package from the registry, or a checkout with its dependencies. */
import { join } from 'node:path';
import {
  checkoutOf,
  findTool,
  fingerprint,
  GatewayError,
  installEnvironment,
  installOnce,
  isExecutable,
  NPM_VARIABLES,
  onPath,
  packagesReader,
  RANGE,
  versionText,
  type OptionsOf,
  type Tool,
  type ToolchainPlugin,
  type ToolchainWish,
} from '../../kits/toolchain-kit/index.ts';
import { installCheckout, installPackage } from './node/install.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    node: { type: 'string', description: "Path of the node command; by default the gateway's own." },
    npm: { type: 'string', description: 'Path of the npm command; by default it is found on the machine.' },
  },
} as const;

const packages = {
  type: 'object',
  additionalProperties: false,
  required: ['node'],
  properties: {
    /** '>=20' */
    node: { type: 'string', pattern: RANGE },
    /** 'name@version'; without it, the checkout's own dependencies */
    npm: { type: 'string', pattern: String.raw`^(@[\w.-]+/)?[\w.-]+@\d+\.\d+\.\d+[\w.-]*$` },
  },
} as const;

const read = packagesReader<OptionsOf<typeof packages>>(packages);

const NODE = { what: 'Node', url: 'https://nodejs.org/', option: 'toolchains.node.node' };

export default {
  name: 'node',
  options,
  create({ node: configured, npm: configuredNpm }, host) {
    const env = installEnvironment(host.env, NPM_VARIABLES);
    const find = async (wish: ToolchainWish): Promise<Tool> => {
      const { node: range } = read(wish);
      const paths =
        configured === undefined ? [process.execPath, ...(await onPath('node', env))] : [configured];
      return findTool(wish.provider, NODE, { range, paths, env, signal: wish.signal });
    };
    const npmFor = async (wish: ToolchainWish): Promise<string> => configuredNpm ?? findNpm(wish, env);
    return {
      async prepare(job) {
        const wanted = read(job);
        const { npm: spec } = wanted;
        const code = spec === undefined ? checkoutOf(job) : job.checkout;
        const { path, version } = await find(job);
        await installOnce(job.folder, fingerprint(code?.state, version[0], wanted), async (stage) => {
          const installation = { ...job, npm: await npmFor(job), env, stage };
          if (code) await installCheckout(installation, code.folder);
          else await installPackage(installation, spec as string);
        });
        const name = spec?.replace(/(?!^)@.*$/, '') ?? '';
        return { node: path, app: join(job.folder, ...(code ? ['app'] : ['node_modules', name])) };
      },
      async find(wish) {
        const { path, version } = await find(wish);
        return `Node ${versionText(version)} (${path}), npm (${await npmFor(wish)})`;
      },
    };
  },
} satisfies ToolchainPlugin<OptionsOf<typeof options>>;

/** The one on the PATH, else the one beside the gateway's own Node. */
async function findNpm({ provider }: ToolchainWish, env: Record<string, string>): Promise<string> {
  const [first] = await onPath('npm', env);
  if (first) return first;
  const beside = join(process.execPath, '..', 'npm');
  if (await isExecutable(beside)) return beside;
  throw new GatewayError(
    'toolchain_missing',
    `${provider} needs npm to be installed, and there is none; install Node with npm (https://nodejs.org/) or name it in toolchains.node.npm`,
  );
}

/** Programs in JavaScript: a package from the registry, or a checkout with what it depends on. */
import { access } from 'node:fs/promises';
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
  inWords,
  made,
  onPath,
  RANGE,
  told,
  type Tool,
} from '../../kits/toolchain-kit/index.ts';
import { validator } from '../../kits/feature-kit/index.ts';
import { installCheckout, installPackage } from './node/install.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    node: { type: 'string', description: "Path of the node command; by default the gateway's own." },
    npm: { type: 'string', description: 'Path of the npm command; by default it is found on the machine.' },
  },
} as const;

type Options = OptionsOf<typeof options>;

const packagesSchema = {
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

const isPackages = validator().compile<OptionsOf<typeof packagesSchema>>(packagesSchema);

/** Where packages come from; the operator's .npmrc is read by npm itself. */
const NPM = /^npm_config_(registry|cache|cafile|https?_proxy|proxy|noproxy|strict_ssl|userconfig)$/i;

const create = (given: Options, host: Host): Toolchain => {
  const env = installEnvironment(host.env, NPM);
  return {
    prepare: (job) => prepare(job, given, env),
    find: async (wish) => {
      if (!isPackages(wish.packages)) throw wrong(wish);
      const { path, version } = await findNode(wish, wish.packages.node, given.node, env);
      return `Node ${told(version)} (${path}), npm (${given.npm ?? (await findNpm(wish, env))})`;
    },
  };
};

async function prepare(
  job: ToolchainJob,
  given: Options,
  env: Record<string, string>,
): Promise<Record<string, string>> {
  const { packages, checkout, folder } = job;
  if (!isPackages(packages) || (packages.npm === undefined && !checkout)) throw wrong(job);
  const node = await findNode(job, packages.node, given.node, env);
  const from = fingerprint(checkout?.state, node.version[0], packages);
  await made(folder, from, async (stage) => {
    const npm = given.npm ?? (await findNpm(job, env));
    const installation = { ...job, npm, env, stage };
    if (checkout) await installCheckout(installation, checkout.folder);
    else await installPackage(installation, packages.npm!);
  });
  const name = packages.npm?.replace(/(?!^)@.*$/, '');
  return { node: node.path, app: checkout ? join(folder, 'app') : join(folder, 'node_modules', name!) };
}

async function findNode(
  { provider, signal }: ToolchainWish,
  range: string,
  configured: string | undefined,
  env: Record<string, string>,
): Promise<Tool> {
  const paths = configured === undefined ? [process.execPath, ...(await onPath('node', env))] : [configured];
  const seen: string[] = [];
  for (const path of paths) {
    const tool = await askVersion(path, ['--version'], env, signal);
    if (tool && fits(tool.version, range)) return tool;
    if (tool) seen.push(`${told(tool.version)} (${path})`);
  }
  throw new GatewayError(
    'toolchain_missing',
    `${provider} needs Node ${inWords(range)}; found ${[...new Set(seen)].join(', ') || 'none'}; install one (https://nodejs.org/) or name one in toolchains.node.node`,
  );
}

async function findNpm({ provider }: ToolchainWish, env: Record<string, string>): Promise<string> {
  const beside = join(process.execPath, '..', 'npm');
  const [first] = await onPath('npm', env);
  if (first) return first;
  if (
    await access(beside).then(
      () => true,
      () => false,
    )
  )
    return beside;
  throw new GatewayError(
    'toolchain_missing',
    `${provider} needs npm to be installed, and there is none; install Node with npm (https://nodejs.org/) or name it in toolchains.node.npm`,
  );
}

function wrong({ provider }: ToolchainWish): GatewayError {
  return new GatewayError(
    'install_failed',
    `${provider}: the node toolchain needs { node, npm } or a checkout and { node }`,
  );
}

export default { name: 'node', options, create } satisfies ToolchainPlugin<Options>;

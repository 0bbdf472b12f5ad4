/** Programs in Go: built once from their checkout, into a folder of their own. */
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
import { build, programOf } from './go/build.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    go: { type: 'string', description: 'Path of the go command; by default it is found on the machine.' },
  },
} as const;

type Options = OptionsOf<typeof options>;

const packagesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['go'],
  properties: {
    /** '>=1.23' */
    go: { type: 'string', pattern: RANGE },
    /** the main package, seen from the checkout; '.' unless said otherwise */
    main: { type: 'string' },
  },
} as const;

const isPackages = validator().compile<OptionsOf<typeof packagesSchema>>(packagesSchema);

/** Where modules come from, and where Go keeps what it has. */
const GO = /^(GO(PROXY|PRIVATE|NOPROXY|NOSUMDB|SUMDB|INSECURE|CACHE|MODCACHE|PATH|ROOT|TMPDIR))$/;

const USUAL = ['/usr/local/go/bin', '/usr/lib/go/bin', '/opt/homebrew/bin'];

const create = ({ go: configured }: Options, host: Host): Toolchain => {
  // The Go that is here or none: it would fetch another by itself.
  const env = { ...installEnvironment(host.env, GO), GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
  return {
    prepare: (job) => prepare(job, configured, env),
    find: async (wish) => {
      if (!isPackages(wish.packages)) throw wrong(wish);
      const { path, version } = await find(wish, wish.packages.go, configured, env);
      return `Go ${told(version)} (${path})`;
    },
  };
};

async function prepare(
  job: ToolchainJob,
  configured: string | undefined,
  env: Record<string, string>,
): Promise<Record<string, string>> {
  const { packages, checkout, folder } = job;
  if (!isPackages(packages) || !checkout) throw wrong(job);
  const go = await find(job, packages.go, configured, env);
  await made(folder, fingerprint(checkout.state, told(go.version), packages), (stage) =>
    build({ ...job, checkout, go: go.path, env, stage, main: packages.main ?? '.' }),
  );
  return { program: programOf(folder) };
}

async function find(
  { provider, signal }: ToolchainWish,
  range: string,
  configured: string | undefined,
  env: Record<string, string>,
): Promise<Tool> {
  const paths = configured === undefined ? await onPath('go', env, USUAL) : [configured];
  const seen: string[] = [];
  for (const path of paths) {
    const tool = await askVersion(path, ['env', 'GOVERSION'], env, signal);
    if (tool && fits(tool.version, range)) return tool;
    if (tool) seen.push(`${told(tool.version)} (${path})`);
  }
  throw new GatewayError(
    'toolchain_missing',
    `${provider} needs Go ${inWords(range)}; found ${seen.join(', ') || 'none'}; install one (https://go.dev/dl/) or name one in toolchains.go.go`,
  );
}

function wrong({ provider }: ToolchainWish): GatewayError {
  return new GatewayError(
    'install_failed',
    `${provider}: the go toolchain needs a checkout and { go, main? }`,
  );
}

export default { name: 'go', options, create } satisfies ToolchainPlugin<Options>;

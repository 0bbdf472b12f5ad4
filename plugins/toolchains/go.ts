/** Programs in Go: built once from their checkout, into a folder of their own. */
import {
  checkoutOf,
  findTool,
  fingerprint,
  installEnvironment,
  installOnce,
  onPath,
  packagesReader,
  RANGE,
  versionText,
  type OptionsOf,
  type Tool,
  type ToolchainPlugin,
  type ToolchainWish,
} from '../../kits/toolchain-kit/index.ts';
import { build, programOf } from './go/build.ts';

const options = {
  type: 'object',
  additionalProperties: false,
  properties: {
    go: { type: 'string', description: 'Path of the go command; by default it is found on the machine.' },
  },
} as const;

const packages = {
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

const read = packagesReader<OptionsOf<typeof packages>>(packages);

/** Variables of sources and caches of modules. */
const VARIABLES = /^(GO(PROXY|PRIVATE|NOPROXY|NOSUMDB|SUMDB|INSECURE|CACHE|MODCACHE|PATH|ROOT|TMPDIR))$/;

const USUAL = ['/usr/local/go/bin', '/usr/lib/go/bin', '/opt/homebrew/bin'];

const GO = { what: 'Go', url: 'https://go.dev/dl/', option: 'toolchains.go.go' };

export default {
  name: 'go',
  options,
  create({ go: configured }, host) {
    // `GOTOOLCHAIN=local`: otherwise Go may fetch another version of itself.
    const env = { ...installEnvironment(host.env, VARIABLES), GOTOOLCHAIN: 'local', CGO_ENABLED: '0' };
    const find = async (wish: ToolchainWish): Promise<Tool> => {
      const { go: range } = read(wish);
      const paths = configured === undefined ? await onPath('go', env, USUAL) : [configured];
      const words = ['env', 'GOVERSION'];
      return findTool(wish.provider, GO, { range, paths, words, env, signal: wish.signal });
    };
    return {
      async prepare(job) {
        const wanted = read(job);
        const checkout = checkoutOf(job);
        const { path, version } = await find(job);
        await installOnce(job.folder, fingerprint(checkout.state, versionText(version), wanted), (stage) =>
          build({ ...job, checkout, go: path, env, stage, main: wanted.main ?? '.' }),
        );
        return { program: programOf(job.folder) };
      },
      async find(wish) {
        const { path, version } = await find(wish);
        return `Go ${versionText(version)} (${path})`;
      },
    };
  },
} satisfies ToolchainPlugin<OptionsOf<typeof options>>;

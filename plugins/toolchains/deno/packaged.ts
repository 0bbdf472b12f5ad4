import { open, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  askVersion,
  fingerprint,
  fits,
  GatewayError,
  installOnce,
  inWords,
  onPath,
  runNpm,
  toolMissing,
  versionText,
  type Tool,
  type ToolchainJob,
  type ToolchainWish,
  type Version,
} from '../../../kits/toolchain-kit/index.ts';

/** Versions that programs were seen to run on. */
const KNOWN: readonly Version[] = [
  [2, 9, 6],
  [1, 46, 3],
];

/** The package with the real program for each machine; `deno` itself is a script that starts it as a child. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux x64': '@deno/linux-x64-glibc',
  'linux arm64': '@deno/linux-arm64-glibc',
  'darwin x64': '@deno/darwin-x64',
  'darwin arm64': '@deno/darwin-arm64',
  'win32 x64': '@deno/win32-x64',
  'win32 arm64': '@deno/win32-arm64',
};

const DENO = { what: 'Deno', url: 'https://docs.deno.com/runtime/', option: 'toolchains.deno.deno' };

interface Package {
  readonly version: Version;
  readonly name: string;
  /** path of the npm that fetches it */
  readonly npm: string;
}

/**
 * The package that would do, and the npm that fetches it.
 * @throws GatewayError toolchain_missing, with what was found instead
 */
export async function choosePackage(
  { provider }: ToolchainWish,
  range: string,
  seen: readonly string[],
  env: Record<string, string>,
): Promise<Package> {
  const version = KNOWN.find((one) => fits(one, range));
  const name = PACKAGES[`${process.platform} ${process.arch}`];
  const [npm] = await onPath('npm', env);
  if (version && name && npm) return { version, name, npm };
  const why = npm ? 'npm has none for this machine' : 'there is no npm to fetch one with';
  throw toolMissing(provider, DENO, range, seen, `, and ${why}`);
}

/** Deno as the npm registry has it, one for all providers that need it. */
export async function packagedDeno(
  job: ToolchainJob,
  range: string,
  seen: readonly string[],
  env: Record<string, string>,
): Promise<Tool> {
  const { provider, folder, signal, progress } = job;
  const { version, name, npm } = await choosePackage(job, range, seen, env);
  const wanted = `${name}@${versionText(version)}`;
  const home = join(dirname(folder), `.deno-${versionText(version)}`);
  const program = process.platform === 'win32' ? 'deno.exe' : 'deno';
  await alone(home, () =>
    installOnce(home, fingerprint(wanted), async (stage) => {
      progress(`fetching Deno ${versionText(version)} (some 40 MB)`);
      const words = ['install', '--prefix', stage];
      const remedies = [
        [
          /E404|ETARGET|ENOTFOUND|ECONN|EAI_AGAIN|ETIMEDOUT/,
          'the package registry has it not or cannot be reached; install Deno, or name one in toolchains.deno.deno',
        ],
      ] as const;
      await runNpm({ provider, npm, words, packages: [wanted], cwd: stage, env, signal, remedies });
    }),
  );
  const path = join(home, 'node_modules', name, program);
  const tool = await askVersion(path, ['--version'], env, signal);
  if (tool) return tool;
  throw new GatewayError(
    'toolchain_missing',
    `${provider}: ${wanted} was fetched and does not run on this machine; install Deno ${inWords(range)} another way and name it in toolchains.deno.deno`,
  );
}

/** Installations that several providers share, by their folder: each waits for the one before it. */
const installing = new Map<string, Promise<unknown>>();

async function alone(folder: string, install: () => Promise<void>): Promise<void> {
  const before = installing.get(folder) ?? Promise.resolve();
  const mine = before.catch(() => {}).then(install);
  installing.set(folder, mine);
  await mine;
}

/** A script in the place of the program. */
export async function isWrapper(path: string): Promise<boolean> {
  const file = await open(await realpath(path));
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer.toString() === '#!';
  } finally {
    await file.close();
  }
}

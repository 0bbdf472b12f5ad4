import { askGit, gitEnvironment } from '../../../core/supervisor/git.ts';
import { display } from '../../../core/supervisor/clone.ts';
import type { House } from '../programs.ts';
import type { Finding } from './house.ts';

/** ms that a server may take */
const PATIENCE = 10_000;

/** Where each toolchain has packages from, unless the environment says otherwise. */
const REGISTRIES: Readonly<Record<string, { readonly variable: string; readonly url: string }>> = {
  python: { variable: 'PIP_INDEX_URL', url: 'https://pypi.org/simple/' },
  node: { variable: 'npm_config_registry', url: 'https://registry.npmjs.org/' },
  go: { variable: 'GOPROXY', url: 'https://proxy.golang.org/' },
};

/** Whether what programs are fetched from can be reached: repositories as git is told to, registries over HTTP. */
export async function checkNetwork(
  { loaded: { env }, known }: House,
  signal: AbortSignal,
): Promise<Finding[]> {
  const codes = known.flatMap(({ program }) => {
    const code = program?.spec.source?.code;
    return code && 'git' in code ? [code] : [];
  });
  const used = new Set(known.flatMap(({ program }) => program?.spec.source?.toolchain ?? []));
  const registries = Object.entries(REGISTRIES).filter(([name]) => used.has(name));
  return Promise.all([
    ...codes.map(async (code) => {
      const late = AbortSignal.timeout(PATIENCE);
      const asking = { env: gitEnvironment(env, '/'), signal: AbortSignal.any([signal, late]) };
      const head = await askGit('.', ['ls-remote', '--exit-code', '--', code.git, 'HEAD'], asking).catch(
        () => undefined,
      );
      return finding(display(code), head !== undefined);
    }),
    ...registries.map(([, { variable, url }]) =>
      registry((env[variable] ?? url).split(/[,|]/)[0] as string, signal),
    ),
  ]);
}

async function registry(url: string, signal: AbortSignal): Promise<Finding> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  const answer = await fetch(url, { method: 'HEAD', signal: bounded }).catch(() => undefined);
  return finding(new URL(url).origin, answer !== undefined);
}

function finding(what: string, ok: boolean): Finding {
  if (ok) return { what, ok, found: 'it can be reached' };
  const remedy = `${what} cannot be reached: look at the network and HTTPS_PROXY, or name a mirror`;
  return { what, ok, found: 'it cannot be reached', remedy };
}

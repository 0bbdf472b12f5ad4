import { EnvHttpProxyAgent, request } from 'undici';
import type { OfflineSupervisor } from '../load-supervisor.ts';
import type { Setup } from '../programs.ts';
import type { Finding } from './gateway.ts';

/** ms that a server may take */
const PATIENCE = 10_000;

/** Each toolchain's default registry, unless the environment names another. */
const REGISTRIES: Readonly<Record<string, { readonly variable: string; readonly url: string }>> = {
  python: { variable: 'PIP_INDEX_URL', url: 'https://pypi.org/simple/' },
  node: { variable: 'npm_config_registry', url: 'https://registry.npmjs.org/' },
  go: { variable: 'GOPROXY', url: 'https://proxy.golang.org/' },
};

/** Whether the sources of programs can be reached: repositories by git's settings, registries by the same proxies. */
export async function checkNetwork(
  { loaded: { env }, known, supervisor }: Setup,
  signal: AbortSignal,
): Promise<Finding[]> {
  const codes = known.flatMap(({ program }) => {
    const code = program?.spec.source?.code;
    return code && 'git' in code ? [code] : [];
  });
  const used = new Set(known.flatMap(({ program }) => program?.spec.source?.toolchain ?? []));
  const registries = Object.entries(REGISTRIES).flatMap(([name, { variable, url }]) => {
    // A list of several, or a word such as 'off', is no URL.
    const first = (env[variable] ?? url).split(/[,|]/).find((one) => URL.canParse(one));
    return used.has(name) && first !== undefined ? [first] : [];
  });
  const proxies = proxiesIn(env);
  return Promise.all([
    ...(supervisor ? codes.map((code) => repository(code, supervisor, env, signal)) : []),
    ...registries.map((url) => registry(url, proxies, signal)),
  ]).finally(() => proxies.close());
}

type Repository = Parameters<OfflineSupervisor['displaySource']>[0] & { readonly git: string };

async function repository(
  code: Repository,
  { askGit, displaySource, gitEnvironment }: OfflineSupervisor,
  env: Setup['loaded']['env'],
  signal: AbortSignal,
): Promise<Finding> {
  const late = AbortSignal.timeout(PATIENCE);
  const asking = { env: gitEnvironment(env, '/'), signal: AbortSignal.any([signal, late]) };
  const question = ['ls-remote', '--exit-code', '--', code.git, 'HEAD'];
  const head = await askGit('.', question, asking).catch(() => undefined);
  return finding(displaySource(code), head !== undefined);
}

/** Read as git and the package managers read them. */
function proxiesIn(env: Setup['loaded']['env']): EnvHttpProxyAgent {
  const either = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? '';
  return new EnvHttpProxyAgent({
    httpProxy: either('HTTP_PROXY'),
    httpsProxy: either('HTTPS_PROXY'),
    noProxy: either('NO_PROXY'),
  });
}

async function registry(url: string, dispatcher: EnvHttpProxyAgent, signal: AbortSignal): Promise<Finding> {
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  const answer = await request(url, { method: 'HEAD', dispatcher, signal: bounded }).catch(() => undefined);
  await answer?.body.dump().catch(() => undefined);
  return finding(new URL(url).origin, answer !== undefined);
}

function finding(what: string, ok: boolean): Finding {
  if (ok) return { what, ok, found: 'reachable' };
  const remedy = `${what} cannot be reached: check the network and HTTPS_PROXY, or configure a mirror`;
  return { what, ok, found: 'not reachable', remedy };
}

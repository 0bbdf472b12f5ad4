import type { Provider } from '../../core/contracts/index.ts';
import { onPath } from '../../kits/toolchain-kit/index.ts';
import { pythonEnvironment } from '../../plugins/toolchains/python/environment.ts';
import { findPython } from '../../plugins/toolchains/python/find.ts';

const env = { PATH: process.env.PATH ?? '' };

/** Why this machine cannot run a provider's program; undefined: it can. */
export async function whyNot({ process: spec }: Provider): Promise<string | undefined> {
  const { toolchain, packages } = spec!.source!;
  if (toolchain === 'python') return whyNoPython((packages as { python: string }).python);
  const [name, beside] = toolchain === 'go' ? ['go', ['/usr/local/go/bin']] : ['npm', []];
  return (await onPath(name as string, env, beside as string[])).length > 0
    ? undefined
    : `there is no ${name as string} here`;
}

function whyNoPython(range: string): Promise<string | undefined> {
  const search = { provider: 'it', range, configured: undefined, env: pythonEnvironment(process.env) };
  return findPython({ ...search, signal: new AbortController().signal }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

import type { Detect, ProviderPlugin } from '../core/contracts/index.ts';

/** ms: a server on this machine answers such a question at once or is not there. */
const PATIENCE = 400;

/** A provider that the config does not name: a key in the environment, or a server found on loopback. */
export interface Found {
  readonly plugin: ProviderPlugin;
  readonly because: string;
}

/** Looks for all of them at once. */
export async function found(
  plugins: readonly ProviderPlugin[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Found[]> {
  const searches = plugins.map(async (plugin): Promise<Found | undefined> => {
    const because = plugin.detect && (await reason(plugin.detect, env));
    return because ? { plugin, because } : undefined;
  });
  return (await Promise.all(searches)).filter((one) => one !== undefined);
}

async function reason(
  sign: Detect,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  if ('env' in sign) {
    const set = [sign.env].flat().find((name) => env[name]?.trim());
    return set && `${set} is set`;
  }
  const { port, path, holds } = sign;
  try {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      signal: AbortSignal.timeout(PATIENCE),
      redirect: 'error',
    });
    const text = await response.text();
    if (!response.ok || typeof JSON.parse(text) !== 'object') return undefined;
    return holds.some((word) => text.includes(`"${word}"`)) ? `found on port ${port}` : undefined;
  } catch {
    return undefined;
  }
}

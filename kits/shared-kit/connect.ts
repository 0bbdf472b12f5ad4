import { readFileSync } from 'node:fs';
import { GatewayError } from '../../core/errors.ts';

/** How Redis or Valkey is reached. */
export interface Address {
  readonly url: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export type Client = Awaited<ReturnType<typeof connect>>;

const CONNECT_MS = 2_000;
const RECONNECT_MS = { least: 50, most: 1_000 };

/** @throws GatewayError `config_invalid` if its package is missing, the URL is none, or a file of TLS cannot be read */
export async function connect({ url, tls = {} }: Address) {
  const { createClient } = await loaded();
  const isTls = url.startsWith('rediss:');
  const files = Object.entries(tls).map(([name, file]) => [name, read(name, file)] as const);
  if (files.length > 0 && !isTls)
    throw new GatewayError('config_invalid', "shared.tls: shared.url has no TLS: begin it with 'rediss://'");
  try {
    return createClient({
      url,
      disableOfflineQueue: true,
      socket: {
        ...(isTls && { tls: true, ...Object.fromEntries(files) }),
        connectTimeout: CONNECT_MS,
        reconnectStrategy: (tries: number) =>
          Math.min(RECONNECT_MS.least * 2 ** Math.min(tries, 10), RECONNECT_MS.most),
      },
    });
  } catch (error) {
    throw new GatewayError('config_invalid', `shared.url: ${(error as Error).message}`);
  }
}

function read(name: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new GatewayError('config_invalid', `shared.tls.${name}: ${(error as Error).message}`);
  }
}

async function loaded() {
  try {
    return await import('@redis/client');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new GatewayError(
      'config_invalid',
      "shared.use: 'redis' needs the package @redis/client, an optional dependency that is not installed: run npm install --include=optional",
    );
  }
}

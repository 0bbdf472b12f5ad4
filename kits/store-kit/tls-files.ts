import { readFile } from 'node:fs/promises';
import type { ConnectionOptions } from 'node:tls';
import { GatewayError } from '../../core/errors.ts';

export interface TlsSettings {
  /** files in PEM */
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** false: any certificate will do */
  readonly verify?: boolean | undefined;
}

/** @throws GatewayError `config_invalid` if a file cannot be read */
export async function readTls({ ca, cert, key, verify = true }: TlsSettings): Promise<ConnectionOptions> {
  const files = Object.entries({ ca, cert, key }).filter((entry): entry is [string, string] => !!entry[1]);
  const read = files.map(async ([name, file]) => {
    try {
      return [name, await readFile(file, 'utf8')];
    } catch (error) {
      throw new GatewayError('config_invalid', `store.tls.${name}: ${(error as Error).message}`);
    }
  });
  return { ...Object.fromEntries(await Promise.all(read)), rejectUnauthorized: verify };
}

import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../core/errors.ts';

const BYTES = 32;
const MAKE = `a key is ${BYTES} bytes in base64 or hex: openssl rand -base64 ${BYTES}`;

export interface SecretKey {
  readonly bytes: Buffer;
  /** distinguishes keys, and reveals nothing about them */
  readonly id: string;
  /** the variable or file that it was read from */
  readonly from: string;
}

export interface KeyPlace {
  /** the folder for what the gateway writes */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The key that secrets are encrypted with: `SWITCHYARD_SECRET_KEY`, or the file that `SWITCHYARD_SECRET_KEY_FILE` names,
 * or `<home>/secret.key`.
 * @returns undefined: there is none yet
 * @throws GatewayError `config_invalid`
 */
export async function readKey({ home, env }: KeyPlace): Promise<SecretKey | undefined> {
  const { SWITCHYARD_SECRET_KEY: text, SWITCHYARD_SECRET_KEY_FILE: named } = env;
  if (text) return keyFrom(text, 'SWITCHYARD_SECRET_KEY');
  const file = named || join(home, 'secret.key');
  try {
    const { mode } = await stat(file);
    // A file that an operator names has the rights that they gave it, as /run/secrets has.
    if (!named && (mode & 0o077) !== 0 && process.platform !== 'win32')
      throw invalid(`${file} can be read by other users; chmod 600 ${file}`);
    return keyFrom((await readFile(file, 'utf8')).trim(), file);
  } catch (error) {
    if (error instanceof GatewayError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && !named) return undefined;
    throw invalid(`the key of the secrets cannot be read: ${(error as Error).message}`);
  }
}

/** The same; made at first use, in a file that only the gateway's user can read. */
export async function readOrMakeKey(place: KeyPlace): Promise<SecretKey> {
  const known = await readKey(place);
  if (known) return known;
  const file = join(place.home, 'secret.key');
  const text = randomBytes(BYTES).toString('base64');
  try {
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
    return keyFrom(text, file);
  } catch (error) {
    const theirs = await readKey(place);
    if (theirs) return theirs;
    throw error;
  }
}

function keyFrom(text: string, from: string): SecretKey {
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64');
  if (bytes.length !== BYTES) throw invalid(`${from} is no key of ${BYTES} bytes; ${MAKE}`);
  return { bytes, id: createHash('sha256').update(bytes).digest('hex').slice(0, 16), from };
}

const invalid = (message: string): GatewayError => new GatewayError('config_invalid', message);

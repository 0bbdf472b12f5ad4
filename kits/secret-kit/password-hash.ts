import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** 32 MiB and about 80 ms for one guess (https://cheatsheetseries.owasp.org, scrypt) */
const COST = 2 ** 15;
const BLOCK = 8;
const LANES = 3;
const LENGTH = 32;
const MOST_MEMORY = 128 * 2 ** 20;

/** Without `$`, which names a variable of the environment in the config. */
const FORM = /^scrypt:(\d+):(\d+):(\d+):([\w-]+):([\w-]+)$/;

export const isPasswordHash = (text: string): boolean => FORM.test(text);

/** The stored form of a password: `scrypt:COST:BLOCK:LANES:SALT:HASH`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await hashOf(password, salt, COST, BLOCK, LANES);
  return `scrypt:${COST}:${BLOCK}:${LANES}:${salt.toString('base64url')}:${hash.toString('base64url')}`;
}

/** @param kept as `hashPassword` made it */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const found = FORM.exec(kept);
  if (!found) return false;
  const [cost, block, lanes] = found.slice(1, 4).map(Number) as [number, number, number];
  const wanted = Buffer.from(found[5] as string, 'base64url');
  const hash = await hashOf(password, Buffer.from(found[4] as string, 'base64url'), cost, block, lanes);
  return hash.length === wanted.length && timingSafeEqual(hash, wanted);
}

/** Keyboards write one letter in several ways. */
const hashOf = (
  password: string,
  salt: Buffer,
  cost: number,
  block: number,
  lanes: number,
): Promise<Buffer> =>
  derive(password.normalize('NFKC'), salt, LENGTH, { N: cost, r: block, p: lanes, maxmem: MOST_MEMORY });

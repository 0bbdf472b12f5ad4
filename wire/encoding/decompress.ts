import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';
import type { Transform } from 'node:stream';

/** Makes what unpacks a body, by its first byte. */
export type OpenDecoder = (first: number) => Transform;

const DECODERS: ReadonlyMap<string, OpenDecoder> = new Map<string, OpenDecoder>([
  ['gzip', () => createGunzip()],
  ['x-gzip', () => createGunzip()],
  ['deflate', (first: number) => (isZlib(first) ? createInflate() : createInflateRaw())],
  ['br', () => createBrotliDecompress()],
  ['zstd', () => createZstdDecompress()],
]);

/** Names of the encodings that can be decompressed. */
export const CODINGS = [...DECODERS.keys()].filter((coding) => !coding.startsWith('x-'));

/** Values that mean no compression: some servers name a charset, or nothing, instead of a coding. */
const PLAIN = new Set(['', 'identity', 'none', 'utf-8', 'utf8', 'binary', '8bit']);

/** @returns 'plain' where nothing is packed; undefined for an encoding that is not known here */
export function decoderFor(encoding: string): OpenDecoder | 'plain' | undefined {
  const codings = encoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => !PLAIN.has(coding));
  if (codings.length === 0) return 'plain';
  return codings.length === 1 ? DECODERS.get(codings[0] as string) : undefined;
}

/** Whether data begins with the head of RFC 1950: some servers send the bare data of RFC 1951 as `deflate`. */
function isZlib(first: number): boolean {
  return (first & 0x0f) === 8 && first >> 4 < 8;
}

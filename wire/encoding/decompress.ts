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

const DECODERS: Readonly<Record<string, OpenDecoder>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: (first) => (isZlib(first) ? createInflate() : createInflateRaw()),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

/** @returns undefined for an encoding that is not known here */
export function decoderFor(encoding: string): OpenDecoder | undefined {
  return DECODERS[encoding.trim().toLowerCase()];
}

/** Whether data begins with the head of RFC 1950: some servers send the bare data of RFC 1951 as `deflate`. */
function isZlib(first: number): boolean {
  return (first & 0x0f) === 8 && first >> 4 < 8;
}

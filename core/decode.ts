import { createBrotliDecompress, createInflate, createGunzip, createZstdDecompress } from 'node:zlib';
import type { Transform } from 'node:stream';

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

interface Receiver {
  data(chunk: Buffer): void;
  end(): void;
  broken(error: Error): void;
}

/**
 * For an upstream that compresses though asked not to: what it sends is unpacked before anybody reads it.
 * @returns undefined for an encoding that nobody here knows
 */
export function decoded(encoding: string, receiver: Receiver): Receiver | undefined {
  const decoder = DECODERS[encoding.trim().toLowerCase()]?.();
  if (!decoder) return undefined;
  decoder.on('data', (chunk: Buffer) => receiver.data(chunk));
  decoder.on('end', () => receiver.end());
  decoder.on('error', (error) => receiver.broken(error));
  return {
    data: (chunk) => void decoder.write(chunk),
    end: () => void decoder.end(),
    broken: (error) => {
      decoder.removeAllListeners('end');
      receiver.broken(error);
    },
  };
}

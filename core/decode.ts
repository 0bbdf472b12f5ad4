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
 * @param failed told of what the receiver throws
 * @returns undefined for an encoding that nobody here knows
 */
export function decoded(
  encoding: string,
  receiver: Receiver,
  failed: (error: unknown) => void,
): Receiver | undefined {
  const decoder = DECODERS[encoding.trim().toLowerCase()]?.();
  if (!decoder) return undefined;
  // These run outside the transport's turn, where nobody else would catch what a reader throws.
  const careful = (read: () => void): void => {
    try {
      read();
    } catch (error) {
      failed(error);
    }
  };
  decoder.on('data', (chunk: Buffer) => careful(() => receiver.data(chunk)));
  decoder.on('end', () => careful(() => receiver.end()));
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

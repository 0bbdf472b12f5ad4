import type { Socket } from 'node:net';

interface Reading {
  readonly _handle: { readStart(): void; readStop(): void } | null;
}

/**
 * Leaves in the pipe what comes from now on, for another process that has the pipe, too: a stream that is paused still
 * fills its buffer.
 * @returns reads again
 */
export function pauseReading(stream: Socket): () => void {
  const { _handle: handle } = stream as unknown as Reading;
  handle?.readStop();
  return () => handle?.readStart();
}

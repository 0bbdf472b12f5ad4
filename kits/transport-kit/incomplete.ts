import type { Socket } from 'node:net';

/**
 * Something of what was written had not left when the connection was lost for that reason: the other side has no whole
 * request that it could have worked on. Looked at before the socket is destroyed, which forgets what it holds.
 */
export function isIncomplete(socket: Socket, cause?: Error): boolean {
  return socket.writableLength > 0 || (cause as NodeJS.ErrnoException | undefined)?.syscall === 'write';
}

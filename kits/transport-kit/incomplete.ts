import type { Socket } from 'node:net';

/**
 * Whether a part of the request had not left when the connection was lost for that reason: the server cannot have worked on
 * it. Call it before the socket is destroyed, because a destroyed socket forgets what it holds.
 */
export function isIncomplete(socket: Socket, cause?: Error): boolean {
  return socket.writableLength > 0 || (cause as NodeJS.ErrnoException | undefined)?.syscall === 'write';
}

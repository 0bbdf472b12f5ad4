import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** ms that a client may go on sending after it was answered, and how long it may be silent meanwhile */
const [LONGEST, SILENT] = [30_000, 2_000];

/**
 * Answers that come before a request is whole are lost where the connection is closed at once: what is still under way
 * resets it, and its sender sees that instead (RFC 9112 §9.6). So only our side of it is closed, and the rest is read
 * and thrown away until the sender is done.
 */
export function lingerAfter(request: IncomingMessage): void {
  // A request that was destroyed has none any more.
  const socket = request.socket as Socket | null;
  if (request.complete || !socket || socket.destroyed) return;
  const close = (): void => void socket.destroy();
  const late = setTimeout(close, LONGEST).unref();
  socket.once('close', () => clearTimeout(late));
  // What Node calls when an answer is out that is the last one.
  socket.destroySoon = () => {
    socket.end();
    socket.setTimeout(SILENT, close);
    request.once('end', close);
    request.resume();
  };
}

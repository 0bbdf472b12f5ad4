import type { DeadlineTimer } from '../../../core/contracts/index.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Reports a body that is passed on as it arrives, when no byte has come for too long. Time in which a slow receiver prevents
 * reading does not count.
 * @param idle ms
 */
export function watchUpload(
  { raw: request, headers }: FastifyRequest,
  { raw: response }: FastifyReply,
  { clock, idle: idleMs, stalled }: { clock: DeadlineTimer; idle: number; stalled: () => void },
): void {
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  const { socket } = request;
  let read = -1;
  const expire = (): void => {
    if (request.complete) return clock.forget(deadline);
    const isMoving = socket.bytesRead !== read || request.readableLength > 0;
    read = socket.bytesRead;
    deadline.dueMs = clock.coarseMs + idleMs;
    if (isMoving) return;
    clock.forget(deadline);
    stalled();
  };
  const deadline = { dueMs: -Infinity, expire };
  clock.watch(deadline);
  response.once('close', () => clock.forget(deadline));
}

import type { FastifyReply, FastifyRequest } from 'fastify';

/** ms between two checks */
const EVERY_MS = 1_000;

/**
 * Ends an answer that has no end of its own as soon as its key, or its session, would not be let in any more. Its reader
 * learns why when it asks again.
 * @param end is called at most once
 */
export function whileAdmitted(request: FastifyRequest, { raw }: FastifyReply, end: () => void): void {
  if (!request.admitAgain) return;
  const check = (): void => {
    try {
      request.admitAgain?.('look');
    } catch {
      clearInterval(timer);
      end();
    }
  };
  const timer = setInterval(check, EVERY_MS).unref();
  raw.once('close', () => clearInterval(timer));
}

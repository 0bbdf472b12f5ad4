import type { Host } from '../../../../../core/contracts/index.ts';
import { handshakeOf } from '../accept.ts';
import type { SocketHandler } from '../socket-handler.ts';
import { ResponsesSession } from './session.ts';

/** Takes WebSockets on `/responses`. Their models are known only by their messages. */
export function serveResponsesSockets(host: Host): SocketHandler {
  const sessions = new Set<ResponsesSession>();
  host.app.addHook('preClose', async () => {
    for (const session of sessions) session.stop();
  });
  return (request, reply) => {
    handshakeOf(request);
    reply.hijack();
    const session = new ResponsesSession(host, request, reply, () => sessions.delete(session));
    sessions.add(session);
  };
}

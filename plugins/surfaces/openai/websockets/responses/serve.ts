import type { Host } from '../../../../../core/contracts/index.ts';
import type { ResponsesMemory } from '../../responses/state/memory.ts';
import { handshakeOf } from '../accept.ts';
import type { SocketHandler } from '../socket-handler.ts';
import { Conversations } from './bridged/conversations.ts';
import { ResponsesSession } from './session.ts';

/** bytes of the conversations of all connections that nothing else keeps */
const CONVERSATIONS = 128 * 2 ** 20;

/** Takes WebSockets on `/responses`. Their models are known only by their messages. */
export function serveResponsesSockets(host: Host, memory: ResponsesMemory): SocketHandler {
  const sessions = new Set<ResponsesSession>();
  const conversations = new Conversations(CONVERSATIONS);
  const { keepalive } = host.config.timeouts;
  const pings = setInterval(() => sessions.forEach((session) => session.ping()), keepalive || 2 ** 31 - 1);
  pings.unref();
  host.app.addHook('preClose', async () => {
    clearInterval(pings);
    for (const session of sessions) session.stop();
  });
  return (request, reply) => {
    handshakeOf(request);
    reply.hijack();
    const ended = (): void => void sessions.delete(session);
    const session = new ResponsesSession({ host, memory, conversations, request, reply, ended });
    sessions.add(session);
  };
}

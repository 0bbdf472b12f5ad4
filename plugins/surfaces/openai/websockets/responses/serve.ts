import type { Host } from '../../../../../core/contracts/index.ts';
import type { ResponsesMemory } from '../../responses/state/memory.ts';
import { handshakeOf } from '../accept.ts';
import type { Sockets } from '../socket-handler.ts';
import { Conversations } from './bridged/conversations.ts';
import { ResponsesSession } from './session.ts';

/** bytes of conversations that are kept for connections alone */
const CONVERSATIONS = 128 * 2 ** 20;

/** Takes WebSockets on `/responses`. Their models are known only by their messages. */
export function serveResponsesSockets(host: Host, memory: ResponsesMemory): Sockets {
  const sessions = new Set<ResponsesSession>();
  const conversations = new Conversations(CONVERSATIONS);
  const { keepalive } = host.config.timeouts;
  // It runs only while there are sessions: a timer would keep a surface that was replaced.
  let pings: NodeJS.Timeout | undefined;
  const ping = (): void => sessions.forEach((session) => session.ping());
  return {
    take(request, reply) {
      handshakeOf(request);
      reply.hijack();
      const ended = (): void => {
        sessions.delete(session);
        if (sessions.size > 0) return;
        clearInterval(pings);
        pings = undefined;
      };
      const session = new ResponsesSession({ host, memory, conversations, request, reply, ended });
      sessions.add(session);
      if (keepalive) pings ??= setInterval(ping, keepalive).unref();
    },
    stop() {
      for (const session of sessions) session.stop();
    },
  };
}

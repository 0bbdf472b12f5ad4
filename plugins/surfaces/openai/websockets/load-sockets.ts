import type { Host } from '../../../../core/contracts/index.ts';
import type { SocketHandler, Sockets } from './socket-handler.ts';

/** Takes WebSockets by code that is loaded with the first of them: most gateways see none. */
export function loadSockets({ app }: Host, load: () => Promise<() => Sockets>): SocketHandler {
  let sockets: Sockets | undefined;
  app.addHook('preClose', async () => sockets?.stop());
  return async (request, reply) => {
    if (!sockets) {
      const make = await load();
      // Another one may have come meanwhile.
      sockets ??= make();
    }
    return sockets.take(request, reply);
  };
}

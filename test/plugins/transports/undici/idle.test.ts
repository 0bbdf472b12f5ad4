import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { undiciTransport } from '../../../../plugins/transports/undici/transport.ts';
import { ask } from '../http1/calls.ts';
import { OK } from '../http1/opened.ts';
import { rawServer } from '../http1/raw-server.ts';

t.test('a request whose idle connection is lost before any of it is sent goes on a new one', async (t) => {
  for (const [what, lose] of [
    ['a reset', (socket: Socket) => void socket.resetAndDestroy()],
    ['an end', (socket: Socket) => void socket.destroy()],
  ] as const) {
    const server = await rawServer(t, (socket) => void socket.write(OK));
    const transport = undiciTransport();
    t.teardown(() => transport.close());
    await ask(transport, server.origin).over;
    for (let nth = 0; nth < 5; nth++) {
      // A timer's turn reads sockets before the request may be sent at its end.
      await sleep(1);
      const asked = ask(transport, server.origin, { method: 'POST', body: Buffer.from(`${nth}`) });
      lose(server.sockets.at(-1) as Socket);
      const { said, body, error } = await asked.over;
      t.strictSame([said, body, error], [['connected', 'head', 'data', 'end'], 'ok', undefined], what);
    }
    t.equal(server.requests.length, 6, 'none is sent twice');
  }
});

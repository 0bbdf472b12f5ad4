import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { Connections } from '../../command/connections.ts';

const REQUEST = 'GET / HTTP/1.1\r\nhost: a\r\n\r\n';

t.test('idle connections are closed, and a request that has just arrived on one is answered', async (t) => {
  const server = createServer((_request, response) => void response.end('ok'));
  const connections = new Connections(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.teardown(() => void server.close());
  const dial = async (): Promise<Socket> => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  const answered = async (socket: Socket): Promise<string> => {
    const [piece] = (await Promise.race([once(socket, 'data'), once(socket, 'close')])) as [Buffer | boolean];
    return String(piece);
  };
  const [idle, unused, late, first] = [await dial(), await dial(), await dial(), await dial()];
  for (const socket of [idle, late]) {
    socket.write(REQUEST);
    t.match(await answered(socket), '200 OK');
  }
  const closed = [idle, unused].map((socket) => once(socket, 'close'));
  // In a timer's turn, as all who call it do: what is written here has arrived, and is not read yet.
  await sleep(1);
  late.write(REQUEST);
  first.write(REQUEST);
  connections.closeIdle();
  for (const socket of [late, first]) t.match(await answered(socket), '200 OK');
  for (const socket of [idle, unused]) socket.resume();
  await Promise.all(closed);
  for (const socket of [late, first]) socket.destroy();
});

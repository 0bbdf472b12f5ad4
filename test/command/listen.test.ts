import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { startCommand } from '../command.ts';

/** More than Node's own backlog of 511 bears, and less than any Linux of these years allows. */
const BURST = 1_500;
const skip =
  process.platform === 'linux' && Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8')) > BURST
    ? false
    : 'this machine lets no more wait';

t.test('a burst of connections to a busy gateway is accepted whole', { skip }, async (t) => {
  const gateway = startCommand(t, {
    args: ['--port', '0'],
    config: { discover: false, history: { enabled: false } },
  });
  await mustAcceptWhole(t, new URL(await gateway.url), gateway.child.pid as number);
});

t.test('so is one to a gateway that has taken the socket of another', { skip }, async (t) => {
  const gateway = startCommand(t, {
    args: ['--port', '0'],
    config: { discover: false, history: { enabled: false } },
  });
  const url = await gateway.url;
  const { pid } = (await (await fetch(`${url}/restart`, { method: 'POST' })).json()) as { pid: number };
  t.teardown(() => process.kill(pid, 'SIGKILL'));
  await mustAcceptWhole(t, new URL(url), pid);
});

async function mustAcceptWhole(t: Test, url: URL, pid: number): Promise<void> {
  // For so long it takes no connection: all of them must wait with the kernel.
  process.kill(pid, 'SIGSTOP');
  const sockets = Array.from({ length: BURST }, () => open(t, url));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  process.kill(pid, 'SIGCONT');
  const answers = sockets.map(async (socket) => {
    socket.write('GET /providers HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n');
    const pieces: Buffer[] = [];
    for await (const piece of socket) pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString('latin1', 0, 12);
  });
  const heard = new Set(await Promise.all(answers));
  t.same([...heard], ['HTTP/1.1 200']);
}

function open(t: Test, { hostname, port }: URL): Socket {
  const socket = connect({ host: hostname, port: Number(port) });
  t.teardown(() => socket.destroy());
  return socket;
}

import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Test } from 'tap';

/** Listens with room for one connection, and never comes to accept any: its thread sleeps for good. */
const DEAF = `
  const { parentPort } = require('node:worker_threads');
  const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;

/** More than any kernel keeps for a backlog of one. */
const FILL = 32;

/**
 * An address on loopback to which no connection ever comes about: its queue of unaccepted ones is full.
 * @returns undefined where the kernel takes connections all the same
 */
export async function blackhole(t: Test): Promise<{ readonly url: string } | undefined> {
  const worker = new Worker(DEAF, { eval: true });
  t.teardown(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  // The kernel answers at once, or not at all, so all that it takes it has taken when the first is told.
  const sockets = Array.from({ length: FILL }, () => connect(port, '127.0.0.1').on('error', () => {}));
  t.teardown(() => sockets.forEach((socket) => socket.destroy()));
  let taken = 0;
  for (const socket of sockets) socket.once('connect', () => taken++);
  await Promise.race(sockets.map((socket) => once(socket, 'connect')));
  await sleep(50);
  return taken < FILL / 2 ? { url: `http://127.0.0.1:${port}/v1` } : undefined;
}

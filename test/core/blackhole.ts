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

/**
 * An address on loopback to which no connection ever comes about: its queue of unaccepted ones is full.
 * @returns undefined where the kernel takes connections all the same
 */
export async function blackhole(t: Test): Promise<{ readonly url: string } | undefined> {
  const worker = new Worker(DEAF, { eval: true });
  t.teardown(() => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  for (let connections = 0; connections < 64; connections++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    t.teardown(() => socket.destroy());
    const full = await Promise.race([once(socket, 'connect').then(() => false), sleep(100, true)]);
    if (full) return { url: `http://127.0.0.1:${port}/v1` };
  }
  return undefined;
}

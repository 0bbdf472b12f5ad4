import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import t from 'tap';
import { probe } from '../../../kits/process-kit/probe.ts';

t.test('a check of readiness that throws is what is wrong, and ends nothing else', async (t) => {
  const server = createServer((_, response) => response.end('null')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  t.teardown(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const ready = (body: unknown): string | undefined => (body as { status: string }).status;
  const wrong = await probe(
    `http://127.0.0.1:${port}`,
    { method: 'GET', path: '/health', status: [200], ready, everyMs: 1_000, withinMs: 10_000 },
    10_000,
  );
  t.match(wrong, /^GET \/health failed \(Cannot read properties of null/);
});

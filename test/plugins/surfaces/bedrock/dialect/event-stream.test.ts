import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { costOf } from '../../../../cost.ts';
import t from 'tap';
import { EVENT_STREAM } from '../../../../../plugins/surfaces/bedrock/dialect/event-stream.ts';
import { encoded } from '../../../../providers/fake-bedrock.ts';
import { startSwitchyard } from '../../../../switchyard.ts';

const { decoder } = EVENT_STREAM;
const EVENTS = [
  { messageStart: { role: 'assistant' } },
  { contentBlockDelta: { text: 'Grüße 👋' } },
  { throttlingException: { message: 'no' } },
];
const bytes = Buffer.concat(EVENTS.map(encoded));

t.test('messages are cut out of bytes however these come', (t) => {
  for (const size of [1, 2, 7, 100, bytes.length]) {
    const cutter = decoder.cutter();
    const found: object[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const run = cutter.push(bytes.subarray(at, at + size));
      if (!run) continue;
      for (const { event } of decoder.eventsIn(run)) found.push({ [event.event]: JSON.parse(event.data) });
    }
    t.strictSame(found, EVENTS, `in pieces of ${size} bytes`);
    t.equal(cutter.pending, 0);
    t.equal(cutter.last(), undefined);
  }
  t.end();
});

t.test('what is left over at the end is the half of a message', (t) => {
  const [first] = EVENTS.map(encoded) as [Buffer];
  const cutter = decoder.cutter();
  cutter.push(first.subarray(0, 20));
  t.equal(cutter.pending, 20);
  t.equal(cutter.last(), undefined);
  t.equal(cutter.pending, 0);
  t.ok(cutter.push(first)?.equals(first));
  t.end();
});

t.test('a wrong checksum and an impossible length are errors', (t) => {
  const broken = Buffer.from(bytes);
  broken.writeUInt8(broken.readUInt8(30) ^ 1, 30);
  t.throws(() => [...decoder.eventsIn(broken)], /checksum/i);
  t.throws(() => decoder.cutter().push(Buffer.from([0, 0, 0, 1, 0, 0])), /cannot have 1 bytes/);
  t.end();
});

t.test("a stream that cannot be read is its upstream's fault, before content and after it", async (t) => {
  const broken = Buffer.from(encoded({ contentBlockDelta: { delta: { text: 'x' }, contentBlockIndex: 0 } }));
  broken.writeUInt8(broken.readUInt8(30) ^ 1, 30);
  const good = encoded({ contentBlockDelta: { delta: { text: 'Half' }, contentBlockIndex: 0 } });
  const short = Buffer.from([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  let pieces: Buffer[] = [];
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
    for (const one of pieces.slice(0, -1)) response.write(one);
    // The client has what came before.
    setTimeout(() => response.end(pieces.at(-1)), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => (server.closeAllConnections(), server.close()));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const aws = { use: 'bedrock', region: 'us-west-2', baseUrl, apiKey: 'x', models: { m: 'own' } };
  const switchyard = await startSwitchyard(t, { providers: { aws }, retry: { again: 0 } });
  for (const wrong of [broken, short]) {
    pieces = [wrong];
    const refused = await switchyard.chat({ stream: true });
    t.match(refused, { status: 502 });
    t.match(refused.json(), { error: { code: 'upstream_malformed', message: /aws sent a/ } });
    pieces = [good, wrong];
    const cut = await switchyard.chat({ stream: true });
    t.equal(cut.content, 'Half');
    t.match(JSON.parse(cut.events.at(-1)!), { error: { code: 'upstream_malformed' } });
    t.match(await switchyard.trace(), { attempts: [{ outcome: 'failed', reason: 'upstream_malformed' }] });
  }
});

t.test('a long message takes no longer the more pieces it comes in', (t) => {
  const payload = {
    contentBlockDelta: { contentBlockIndex: 0, delta: { text: 'x'.repeat(4 * 1024 * 1024) } },
  };
  const message = encoded(payload);
  const copies = costOf(() => {
    const joined = Buffer.concat([message]);
    for (let nth = 0; nth < 9; nth++) joined.set(message);
  });
  const cut = costOf(() => {
    const cutter = decoder.cutter();
    let run: Buffer | undefined;
    for (let at = 0; at < message.length; at += 512) run ??= cutter.push(message.subarray(at, at + 512));
    t.equal(run?.length, message.length);
  });
  t.ok(cut < copies * 50, `${cut} ms, ${copies} ms for ten copies of it`);
  t.end();
});

import t from 'tap';
import { EVENT_STREAM } from '../../../../../plugins/surfaces/bedrock/dialect/event-stream.ts';
import { encoded } from '../../../../providers/fake-bedrock.ts';

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
    t.equal(cutter.rest().length, 0);
  }
  t.end();
});

t.test('what is left over at the end is a whole message or the half of one', (t) => {
  const [first] = EVENTS.map(encoded) as [Buffer];
  const cutter = decoder.cutter();
  cutter.push(first.subarray(0, 20));
  t.equal(cutter.pending, 20);
  t.equal(decoder.whole(cutter.rest()), undefined);
  t.ok(decoder.whole(first));
  t.end();
});

t.test('a wrong checksum and an impossible length are errors', (t) => {
  const broken = Buffer.from(bytes);
  broken.writeUInt8(broken.readUInt8(30) ^ 1, 30);
  t.throws(() => [...decoder.eventsIn(broken)], /checksum/i);
  t.throws(() => decoder.cutter().push(Buffer.from([0, 0, 0, 1, 0, 0])), /cannot have 1 bytes/);
  t.end();
});

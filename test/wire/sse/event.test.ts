import t from 'tap';
import { eventsIn, frame, parseEvent } from '../../../wire/sse/event.ts';

t.test('an event is read as the specification reads it', (t) => {
  for (const [text, event, data] of [
    ['data: a\n\n', '', 'a'],
    ['data:a\n\n', '', 'a'],
    ['data:  a \n\n', '', ' a '],
    ['data: a\r\ndata: b\r\n\r\n', '', 'a\nb'],
    ['data: a\rdata: b\r\r', '', 'a\nb'],
    ['data\n\n', '', ''],
    ['data:\ndata:\n\n', '', '\n'],
    ['event: error\ndata: {}\n\n', 'error', '{}'],
    ['event:a\nevent:b\ndata:c\n\n', 'b', 'c'],
    [': a comment\ndata: a\n\n', '', 'a'],
    [': data: no\n\n', '', ''],
    ['id: 1\nretry: 2\ndataset: x\nDATA: y\n data: z\n\n', '', ''],
    ['data: a: b\n\n', '', 'a: b'],
    ['\n\n', '', ''],
    ['\ndata: a\n\n', '', 'a'],
    ['\uFEFFdata: a\n\n', '', 'a'],
    ['data: Grüße 世界 👋\n\n', '', 'Grüße 世界 👋'],
    ['data: [DONE]', '', '[DONE]'],
  ] as const) {
    t.strictSame(parseEvent(text), { event, data }, JSON.stringify(text));
  }
  t.end();
});

t.test('what is written is read as it was', (t) => {
  for (const event of [
    { event: '', data: '{"a":1}' },
    { event: 'error', data: 'two\nlines' },
    { event: 'x', data: '' },
    { event: '', data: ' leading space\n\nand an empty line' },
  ]) {
    t.strictSame(parseEvent(frame(event)), event);
  }
  t.equal(frame({ event: 'a', data: 'b' }), 'event: a\ndata: b\n\n');
  t.end();
});

t.test('a run is taken apart with the place of each byte', (t) => {
  for (const end of ['\n\n', '\r\n\r\n', '\r\r', '\n\r\n', '\r\n\n', '\r\r\n', '\n\r', '\r\n\r']) {
    const parts = [`data: ä${end}`, `: ping${end}`, `event: e\ndata: 👋${end}`];
    const events = [...eventsIn(Buffer.from(parts.join('')))];
    const lengths = parts.map((part) => Buffer.byteLength(part));
    t.strictSame(
      events.map((one) => one.end),
      lengths.map((_, at) => lengths.slice(0, at + 1).reduce((sum, length) => sum + length)),
      JSON.stringify(end),
    );
    t.strictSame(
      events.map(({ event }) => event.data),
      ['ä', '', '👋'],
      JSON.stringify(end),
    );
  }
  t.strictSame([...eventsIn(Buffer.alloc(0))], []);
  t.end();
});

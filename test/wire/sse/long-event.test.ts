import t from 'tap';
import { LONG } from '../../../wire/framing/tail.ts';
import { eventsIn, parseEvent } from '../../../wire/sse/event.ts';
import { LongEvent } from '../../../wire/sse/long-event.ts';
import { Splitter } from '../../../wire/sse/splitter.ts';
import { chance } from '../../chance.ts';

const LINES = [
  'data: {"a":[1',
  'data:,2,3]',
  'data: ',
  'data:',
  'data',
  ':',
  ': a comment',
  'id: 7',
  'event: error',
  'event:x',
  'event',
  'events: no',
  'dat: no',
  'data : no',
  '\uFEFFdata: 1',
  'data:   "a  b"',
];

/** JSON of both is the same: white space between values does not count. */
const bare = (data: string): string =>
  data.replace(/"[^"]*"|\s+/g, (found) => (found[0] === '"' ? found : ''));

t.test('a long event is read as a short one is, in whatever pieces it comes', (t) => {
  const random = chance(3);
  for (let round = 0; round < 500; round++) {
    const end = random.one(['\n', '\r\n', '\r']);
    const lines = Array.from({ length: 1 + random.below(6) }, (_, nth) =>
      nth > 0 ? random.one(LINES).replace('\uFEFF', '') : random.one(LINES),
    );
    const text = `${lines.join(end)}${end}${end}`;
    const bytes = Buffer.from(`${text}data: next`);
    const expected = parseEvent(text);
    for (const size of [1, 2, 3, bytes.length]) {
      const long = new LongEvent();
      let [at, behind] = [0, -1];
      for (; behind === -1 && at < bytes.length; at += size) behind = long.add(bytes.subarray(at, at + size));
      const { event, data } = long.event;
      // The line feed of its last line end may come by itself.
      const rest = bytes.toString('utf8', at - size + behind);
      t.match(rest, end === '\r\n' && size < bytes.length ? /^\n?data: next$/ : /^data: next$/);
      t.strictSame([event, bare(data)], [expected.event, bare(expected.data)], JSON.stringify(text));
    }
  }
  t.end();
});

t.test('only the first event of a run may be long, and the others are read as they are', (t) => {
  const long = `event: a\ndata: {"b":"${'x'.repeat(LONG)}","c":1}\n\n`;
  const run = Buffer.from(`${long}data: [DONE]\n\n`);
  for (const size of [1_000, 65_536, run.length]) {
    const splitter = new Splitter();
    let [bytes, whole]: [number, string | undefined] = [0, undefined];
    for (let at = 0; at < run.length; at += size) {
      const came = splitter.push(run.subarray(at, at + size));
      bytes += came?.length ?? 0;
      if (!splitter.long) continue;
      t.equal(splitter.long.end, long.length);
      t.match(JSON.parse(splitter.long.event.data), { c: 1 });
      t.ok(splitter.long.event.data.length < LONG);
      whole = splitter.long.whole?.().data;
      const others = [...eventsIn(came!.subarray(long.length))].map(({ event }) => event.data);
      t.ok(others.length === 0 || others[0] === '[DONE]');
    }
    t.equal(whole, parseEvent(long).data, `in pieces of ${size}`);
    t.equal(bytes, run.length);
    t.equal(splitter.push(Buffer.from('data: a\n\n'))?.length, 9);
    t.equal(splitter.long, undefined);
  }
  t.end();
});

t.test('what a long event is at the end of its stream', (t) => {
  for (const [text, isEvent] of [
    [`data: {"b":[${'1,'.repeat(LONG)}1]}`, true],
    [`data: {"b":[${'1,'.repeat(LONG)}`, false],
    [`data: ${'x'.repeat(LONG)}`, false],
    [`${': a\n'.repeat(LONG)}`, false],
  ] as const) {
    const splitter = new Splitter();
    for (let at = 0; at < text.length; at += 65_536) splitter.push(Buffer.from(text.slice(at, at + 65_536)));
    t.equal(splitter.last()?.length, isEvent ? text.length + 2 : undefined);
    t.equal(splitter.pending, 0);
  }
  t.end();
});

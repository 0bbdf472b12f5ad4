import t from 'tap';
import { eventsIn } from '../../../wire/sse/event.ts';
import { Splitter } from '../../../wire/sse/splitter.ts';
import { chance } from '../../chance.ts';

interface Cut {
  readonly runs: Buffer[];
  readonly rest: Buffer;
}

function cut(chunks: readonly Buffer[]): Cut {
  const splitter = new Splitter();
  const runs = chunks.map((chunk) => splitter.push(chunk)).filter((run) => run !== undefined);
  return { runs, rest: splitter.rest() };
}

/** The events with data in what came out, in order. */
const told = ({ runs }: Cut): string[] =>
  runs.flatMap((run) =>
    [...eventsIn(run)]
      .filter(({ event }) => event.data !== '')
      .map(({ event }) => `${event.event}|${event.data}`),
  );

/** The same, read line by line as the specification tells it, from a text that is there as a whole. */
function reference(text: string): string[] {
  const events: string[] = [];
  let [event, data]: [string, string[]] = ['', []];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data.join('\n') !== '') events.push(`${event}|${data.join('\n')}`);
      [event, data] = ['', []];
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') data.push(value);
  }
  return events;
}

const STREAM = [
  ': ping',
  '',
  'event: a',
  'data: {"ü":1}',
  '',
  'data: x',
  'data: y',
  '',
  'id: 7',
  '',
  '',
  'data: [DONE]',
  '',
  '',
];

t.test('wherever a stream is cut on its way, the same events come out, and every byte', (t) => {
  for (const [name, end] of [
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const) {
    const bytes = Buffer.from(STREAM.join(end));
    const whole = told(cut([bytes]));
    t.strictSame(whole, ['a|{"ü":1}', '|x\ny', '|[DONE]'], name);
    for (let at = 0; at <= bytes.length; at++) {
      for (const step of [0, 1, 2, 3]) {
        const chunks = [bytes.subarray(0, at), bytes.subarray(at, at + step), bytes.subarray(at + step)];
        const came = cut(chunks);
        if (told(came).join() !== whole.join())
          t.strictSame(told(came), whole, `${name}, cut at ${at} and ${at + step}`);
        const all = Buffer.concat([...came.runs, came.rest]);
        if (!all.equals(bytes))
          t.equal(all.toString(), bytes.toString(), `${name}, cut at ${at} and ${at + step}`);
      }
    }
    const single = cut([...bytes].map((byte) => Buffer.of(byte)));
    t.strictSame(told(single), whole, `${name}, byte by byte`);
    t.ok(Buffer.concat([...single.runs, single.rest]).equals(bytes));
  }
  t.end();
});

t.test('however lines end, mixed too, events are those of the whole text', (t) => {
  const { below, one } = chance(11);
  const lines = ['', '', 'data: a', 'data:b', 'event: e', ': c', 'data: 世界', 'data', 'retry: 1'];
  for (let round = 0; round < 4_000; round++) {
    const text = Array.from({ length: below(14) }, () => one(lines) + one(['\n', '\n', '\r\n', '\r'])).join(
      '',
    );
    const bytes = Buffer.from(`${text}\n\ndata: end\n\n`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      const size = 1 + below(9);
      chunks.push(bytes.subarray(at, at + size));
      at += size;
    }
    const came = cut(chunks);
    const wanted = reference(bytes.toString());
    if (told(came).join() !== wanted.join())
      t.strictSame(told(came), wanted, JSON.stringify(chunks.map(String)));
    if (!Buffer.concat([...came.runs, came.rest]).equals(bytes))
      t.fail(`bytes were lost of ${JSON.stringify(text)}`);
  }
  t.pass('4000 streams');
  t.end();
});

t.test('only whole events come out: what has not ended is kept, and counted', (t) => {
  const splitter = new Splitter();
  t.equal(splitter.push(Buffer.from('data: a')), undefined);
  t.equal(splitter.pending, 7);
  t.equal(splitter.push(Buffer.from('\n')), undefined);
  t.equal(String(splitter.push(Buffer.from('\ndata: b'))), 'data: a\n\n');
  t.equal(splitter.pending, 7);
  t.equal(splitter.push(Buffer.alloc(0)), undefined);
  t.equal(String(splitter.rest()), 'data: b');
  t.equal(splitter.pending, 0);
  t.equal(splitter.rest().length, 0);
  t.end();
});

t.test('a chunk of whole events passes as the very bytes that came', (t) => {
  const chunk = Buffer.from('data: a\n\ndata: b\n\n');
  t.equal(new Splitter().push(chunk), chunk);
  t.end();
});

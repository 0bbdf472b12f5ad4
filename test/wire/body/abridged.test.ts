import t from 'tap';
import { Abridged } from '../../../wire/body/abridged.ts';
import { DEEPEST, TooDeep } from '../../../wire/json.ts';
import { chance } from '../../chance.ts';

const MIB = 1024 * 1024;

function abridged(json: string, size = 64 * 1024): Abridged {
  const copy = new Abridged();
  const bytes = Buffer.from(json);
  for (let at = 0; at < bytes.length; at += size) copy.add(bytes.subarray(at, at + size));
  return copy;
}

type Chance = ReturnType<typeof chance>;

const TEXTS = ['', 'a"b', '\\', '\\\\"', '\n\t', 'é世👋', '[{,:}]', 'word '.repeat(30)];

function value(random: Chance, depth = 0): unknown {
  const pick = random.below;
  const several = <T>(make: (nth: number) => T): T[] =>
    Array.from({ length: pick(6) }, (_, nth) => make(nth));
  switch (pick(depth > 6 ? 4 : 6)) {
    case 0:
      return random.one(TEXTS);
    case 1:
      return (pick(1_000) - 500) / 7 ** pick(20);
    case 2:
      return random.one([null, true, false]);
    case 3:
      return pick(1_000);
    case 4:
      return several(() => value(random, depth + 1));
    default:
      return Object.fromEntries(several((nth) => [`${random.one(TEXTS)}${nth}`, value(random, depth + 1)]));
  }
}

t.test('a short text is copied as it is, in whatever pieces it comes', (t) => {
  const random = chance(7);
  for (let round = 0; round < 300; round++) {
    const said = value(random);
    const json = JSON.stringify(said, null, random.below(3));
    for (const size of [1, 2, 3, 7, 1_000])
      t.strictSame(JSON.parse(abridged(json, size).text), said, `in pieces of ${size}`);
  }
  t.end();
});

t.test('what is no JSON is none in the copy', (t) => {
  for (const text of [
    '',
    '{',
    '{"a":1',
    '[1,2',
    '"a',
    '<html>',
    'null null',
    '{"a"1}',
    '[1}',
    ']',
    '{"a":}',
    '"\n"',
    'x'.repeat(MIB),
  ])
    t.throws(() => JSON.parse(abridged(text).text) as unknown, SyntaxError, text.slice(0, 20));
  t.end();
});

t.test('the copy of a long text is short, and says what it is and how it ends', (t) => {
  const token = '{"token":" the","logprob":-1.25,"bytes":[32,116]}';
  for (const [open, part, close] of [
    ['[', '1,', '1]'],
    ['[', '{},', '1]'],
    ['[', '"a",', '1]'],
    ['[', '[[1,2,3]],', '1]'],
    ['[[[[[', '{"a":1},', '1]]]]]'],
    ['{"content":[', `{"top":[${token},${token}]},`, 'null]}'],
    ['[{"a":{', '"a":{},', '"b":1}}]'],
    ['"', 'word ', '"'],
    ['"', '\\u0041', '"'],
    ['"', '\\\\', '"'],
    ['"', '\\"', '"'],
    ['"', '世', '"'],
    ['', '1', ''],
    ['[', ' \n', ']'],
  ] as const) {
    const said = `${open}${part.repeat((2 * MIB) / part.length)}${close}`;
    for (const size of [64 * 1024, 65_521, 9_973]) {
      const json = `{"id":"c","choices":[{"index":0,"x":${said},"delta":{"content":"hi"},"finish_reason":"stop"}],"x":${said},"usage":{"completion_tokens":7}}`;
      const { text } = abridged(json, size);
      t.ok(text.length < 300 * 1024, `${open}${part}: ${text.length} bytes`);
      t.match(JSON.parse(text), {
        id: 'c',
        choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        usage: { completion_tokens: 7 },
      });
    }
  }
  t.end();
});

t.test('a cut text ends before an escape that was cut', (t) => {
  for (let shift = 0; shift < 12; shift++) {
    const json = JSON.stringify({ a: `${'x'.repeat(shift)}${'\u0001\\"'.repeat(30_000)}` });
    for (const size of [1_021, 64 * 1024, MIB])
      t.ok(JSON.parse(abridged(json, size).text), `${shift}, ${size}`);
  }
  t.end();
});

t.test('values are counted, those too that are left out', (t) => {
  t.equal(abridged(`{"a":[${'1,'.repeat(50_000)}1],"b":{"c":[${'{},'.repeat(50_000)}{}]}}`).values, 150_006);
  t.end();
});

t.test('what is too deep, or too long in its upper levels, is none of it', (t) => {
  t.throws(() => abridged('['.repeat(DEEPEST + 1)), new TooDeep());
  t.throws(() => abridged(`{"a":[${'[1],'.repeat(50_000)}${'['.repeat(DEEPEST)}`), new TooDeep());
  const names = Array.from({ length: 150_000 }, (_, nth) => `"k${nth}":1`).join();
  t.throws(() => abridged(`{${names}}`), /upper levels/);
  t.end();
});

import t from 'tap';
import { splice } from '../../../wire/body/splice-json.ts';
import { chance } from '../../chance.ts';

const spliced = (json: string, changes: Record<string, unknown>): string =>
  splice(Buffer.from(json), changes).toString();

t.test('only the bytes of changed members differ', (t) => {
  for (const [json, changes, expected] of [
    ['{"model":"a"}', { model: 'b' }, '{"model":"b"}'],
    [
      ' { "model" : "a" , "x":1.00 }\n',
      { model: 'longer name' },
      ' { "model" : "longer name" , "x":1.00 }\n',
    ],
    ['{"x":1e2,"model":"a","y":"\\u00fc"}', { model: null }, '{"x":1e2,"model":null,"y":"\\u00fc"}'],
    ['{"a":{"model":"a"},"model":"a"}', { model: 'b' }, '{"a":{"model":"a"},"model":"b"}'],
    ['{"a":1}', { stream: true }, '{"stream":true,"a":1}'],
    ['{}', { stream: true }, '{"stream":true}'],
    [' {\n} ', { a: 1, b: [2] }, ' {"a":1,"b":[2]\n} '],
    ['{"b":1,"a":2}', { a: 3, b: 4, c: 5 }, '{"c":5,"b":4,"a":3}'],
    ['{"a":1}', { 'q"': 'x' }, '{"q\\"":"x","a":1}'],
    ['{"mod\\u0065l":"a"}', { model: 'b' }, '{"mod\\u0065l":"b"}'],
    ['\uFEFF{"model":"a"}', { model: 'b' }, '\uFEFF{"model":"b"}'],
    [
      '{"n":12345678901234567890,"model":"a"}',
      { model: 'Grüße' },
      '{"n":12345678901234567890,"model":"Grüße"}',
    ],
  ] as const) {
    t.equal(spliced(json, changes), expected, json);
  }
  t.end();
});

t.test('without a change the very same bytes come back', (t) => {
  const bytes = Buffer.from('no JSON at all');
  t.equal(splice(bytes, {}), bytes);
  t.end();
});

t.test('a body that is not a JSON object cannot be changed', (t) => {
  for (const json of ['', '[]', 'null', '{"a":1', '"a"']) {
    t.throws(() => spliced(json, { a: 1 }), { message: 'only a JSON object can be spliced' }, json);
  }
  t.end();
});

t.test('any object reads as if its members had been set, and nothing else has moved', (t) => {
  const { below, one } = chance(7);
  const spaces = ['', '', '', ' ', '\n', '\r\n\t', '  '];
  const names = ['model', 'stream', 'n', 'messages', 'ü', 'a"b', '世界', '', 'x\\y'];
  const texts = ['', 'm', 'Grüße 👋', '"quoted"', '\\', '{}', '],[', ':,', '\u0000', 'line\nbreak'];
  const value = (depth: number): unknown => {
    const kind = below(depth > 3 ? 5 : 7);
    if (kind === 0) return one(texts);
    if (kind === 1) return one([0, -1, 1.5, 1e21, 1e-7]);
    if (kind === 2) return one([true, false]);
    if (kind === 3) return null;
    if (kind === 4) return one([[], {}]);
    if (kind === 5) return Array.from({ length: below(4) }, () => value(depth + 1));
    return Object.fromEntries(Array.from({ length: below(4) }, () => [one(names), value(depth + 1)]));
  };
  const written = (some: unknown): string => JSON.stringify(some, null, one([undefined, 1, '\t']));
  const key = (name: string): string => {
    return one([
      JSON.stringify(name),
      `"${[...name].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`,
    ]);
  };
  for (let round = 0; round < 3_000; round++) {
    // Names may come twice: the last one counts.
    const body = Array.from({ length: below(7) }, () => ({
      name: one(names.slice(0, 6)),
      text: written(value(0)),
    }));
    const changes = Object.fromEntries(
      Array.from({ length: 1 + below(3) }, () => [one(names.slice(0, 6)), value(2)]),
    );
    const last = new Map(body.map(({ name }, index) => [name, index]));
    const [before, after] = [one(spaces), one(spaces)];
    let [json, expected] = [`${before}{`, `${before}{`];
    const added = Object.keys(changes).filter((name) => !last.has(name));
    expected += added.map((name) => `${JSON.stringify(name)}:${JSON.stringify(changes[name])}`).join(',');
    if (added.length > 0 && body.length > 0) expected += ',';
    if (body.length === 0) [json, expected] = [json + after, expected + after];
    for (const [index, { name, text }] of body.entries()) {
      const head = `${index > 0 ? ',' : ''}${one(spaces)}${key(name)}${one(spaces)}:${one(spaces)}`;
      const tail = one(spaces);
      const changed = Object.hasOwn(changes, name) && last.get(name) === index;
      json += head + text + tail;
      expected += head + (changed ? JSON.stringify(changes[name]) : text) + tail;
    }
    [json, expected] = [`${json}}${after}`, `${expected}}${after}`];
    const result = spliced(json, changes);
    if (result !== expected) t.equal(result, expected, json);
    const [read, wanted] = [JSON.parse(result), { ...JSON.parse(json), ...changes }];
    if (JSON.stringify(sorted(read)) !== JSON.stringify(sorted(wanted))) t.strictSame(read, wanted, json);
  }
  t.pass('3000 objects');
  t.end();
});

function sorted(members: Record<string, unknown>): [string, unknown][] {
  return Object.entries(members).toSorted(([a], [b]) => (a < b ? -1 : 1));
}

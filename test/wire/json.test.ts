import t from 'tap';
import {
  DEEPEST,
  isRaw,
  MOST_PARTS,
  readExactJson,
  readJson,
  readOnce,
  takeExactJson,
  TooDeep,
  TooManyParts,
  tryExactJson,
  tryJson,
} from '../../wire/json.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

t.test('numbers that no double holds stay as they were written', async (t) => {
  for (const number of [
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890123',
    '1e400',
    '-1E+400',
    '18446744073709551615',
  ])
    for (const around of [
      '{"a":N}',
      '{"a": N }',
      '[N,N]',
      '[1,\nN]',
      'N',
      '{"a":"\\"9007199254740993","b":[{"c":N}]}',
    ]) {
      const text = around.replaceAll('N', number);
      t.equal(JSON.stringify(readExactJson(` ${text}`)), text.replace(/\s/g, ''), text);
    }
});

t.test('any other text is read as JSON.parse reads it', async (t) => {
  for (const text of [
    '{"a":1,"b":-0.5,"c":1e3,"d":[true,null,"x"],"__proto__":{"e":1}}',
    '{"created":1764470000,"id":"chatcmpl-12345678901234567890","p":0.12345678901234567}',
    '9007199254740991',
    '"9007199254740993"',
    nested(DEEPEST),
  ]) {
    t.same(readExactJson(text), JSON.parse(text));
    t.same(readJson(text), JSON.parse(text));
    t.equal(isRaw(readExactJson(text)), false);
  }
  for (const text of ['', '{', 'nan', '{"a":NaNa}', '[Infinity', "{'a':1}"])
    for (const read of [readJson, readExactJson]) t.throws(() => read(text), SyntaxError, text);
});

t.test("Python's NaN and Infinity become null, except inside texts", async (t) => {
  const text = '{"NaN":"NaN \\"NaN","a":NaN,"b":[Infinity,-Infinity,"-Infinity"],"c":9007199254740993}';
  const read = '{"NaN":"NaN \\"NaN","a":null,"b":[null,null,"-Infinity"],"c":9007199254740993}';
  t.equal(JSON.stringify(readExactJson(text)), read);
  t.same(readJson(text), JSON.parse(read));
  const long = `{"a":"${'\\"NaN '.repeat(200_000)}","b":NaN}`;
  t.match(readJson(long), { b: null });
});

t.test('JSON that is nested too deep is reported as that, however deep it is', async (t) => {
  for (const depth of [DEEPEST + 1, 10_000, 200_000])
    for (const text of [nested(depth), `{"a":"\\\\","b":${nested(depth)}}`, '{"a":'.repeat(depth)])
      for (const read of [readJson, readExactJson]) t.throws(() => read(text), new TooDeep());
  t.same(readJson(`["${'['.repeat(10_000)}\\"${'['.repeat(10_000)}"]`), [
    `${'['.repeat(10_000)}"${'['.repeat(10_000)}`,
  ]);
});

t.test(
  'JSON of more parts than are parsed in one turn is reported as that, and plain numbers are not counted',
  async (t) => {
    const list = (one: string, count: number): string => `[${Array(count).fill(one).join()}]`;
    const members = (count: number): string =>
      `{${Array.from({ length: count }, (_, nth) => `"k${nth}" :1`).join()}}`;
    for (const text of [
      list('{}', MOST_PARTS),
      list('[]', MOST_PARTS),
      members(MOST_PARTS + 2_000),
      list('NaN', MOST_PARTS),
      `{"a":"{[:\\"","b":${list('{"c":1}', MOST_PARTS / 2)}}`,
    ])
      for (const read of [readJson, readExactJson, tryJson, tryExactJson])
        t.throws(() => read(text), new TooManyParts());
    t.throws(() => readExactJson(list('9007199254740993', MOST_PARTS)), new TooManyParts());
    for (const text of [list('{}', MOST_PARTS - 1), list('12', MOST_PARTS), list('"[{:NI"', MOST_PARTS)]) {
      t.equal((readJson(text) as unknown[]).length, text.startsWith('[{') ? MOST_PARTS - 1 : MOST_PARTS);
      t.equal((readExactJson(text) as unknown[]).length, (readJson(text) as unknown[]).length);
    }
    const sparse = (count: number): string => list('{"token":" the","logprob":-0.123,"bytes":[32]}', count);
    for (const read of [readJson, readExactJson, tryJson, tryExactJson])
      t.equal(
        (read(sparse(MOST_PARTS / 2)) as unknown[]).length,
        MOST_PARTS / 2,
        'long parts that are alike',
      );
    t.throws(() => readJson(`[${sparse(MOST_PARTS / 4)},${members(2_000)}]`), new TooManyParts());
    const long = list('{}', MOST_PARTS + 1);
    t.equal((readExactJson(long, Infinity) as unknown[]).length, MOST_PARTS + 1);
    t.equal((takeExactJson(Buffer.from(long)) as unknown[]).length, MOST_PARTS + 1, 'a caller’s own body');
  },
);

t.test('a body that was read is taken once, as exact as if it was read again', async (t) => {
  const [raw, other] = ['{"a":9007199254740993}', '{"b":1}'].map((text) => Buffer.from(text)) as [
    Buffer,
    Buffer,
  ];
  readOnce(raw, raw.toString());
  const taken = takeExactJson(raw);
  t.equal(JSON.stringify(taken), raw.toString());
  t.not(takeExactJson(raw), taken, 'what another request changes in it changes nothing here');
  const value = readOnce(other, other.toString());
  t.equal(takeExactJson(other), value, 'it is not parsed twice');
  readOnce(other, other.toString());
  t.same(JSON.stringify(takeExactJson(raw)), raw.toString(), 'another body is another one');
  t.same(takeExactJson(Buffer.from('\uFEFF{"b":1}')), { b: 1 });
  const deep = Buffer.from(nested(DEEPEST + 1));
  readOnce(deep, deep.toString());
  t.throws(() => takeExactJson(deep), TooDeep);
});

import t from 'tap';
import { members, scalarAt, valueAt } from '../../../wire/body/json-members.ts';
import { Walk } from '../../../wire/body/walk.ts';

const WANTED = ['model', 'stream', 'n'];

/** The same, walked over as it comes: a byte at a time. */
function foundAsItComes(json: string): Record<string, unknown> | undefined {
  const bytes = Buffer.from(json);
  const walk = new Walk(WANTED);
  for (let end = 1; end <= bytes.length; end++) walk.advance(bytes.subarray(0, end));
  const spans = walk.found()?.spans;
  return spans && Object.fromEntries([...spans].map(([name, span]) => [name, valueAt(bytes, span)]));
}

/** The wanted members as the walk finds them. */
function found(json: string): Record<string, unknown> | undefined {
  const bytes = Buffer.from(json);
  const walked = members(bytes, WANTED);
  return walked && Object.fromEntries([...walked.spans].map(([name, span]) => [name, valueAt(bytes, span)]));
}

t.test('wanted members are found wherever they stand', (t) => {
  for (const [json, expected] of [
    ['{}', {}],
    [' \t\r\n{ } \n', {}],
    ['{"model":"m"}', { model: 'm' }],
    ['{"model":"m","n":1}', { model: 'm', n: 1 }],
    ['\n{ "model"\t:\r\n "m" , "stream" : true\n}\n', { model: 'm', stream: true }],
    ['{"messages":[{"model":"inner","a":[1,{"stream":true}]}],"model":"outer"}', { model: 'outer' }],
    ['{"a":{"model":"inner"},"model":"outer","b":{"model":"inner"}}', { model: 'outer' }],
    ['{"a":"\\"model\\":\\"text\\"","model":"m"}', { model: 'm' }],
    ['{"a":"}","b":"]","c":"{[","model":"m"}', { model: 'm' }],
    ['{"a":"\\\\","model":"m"}', { model: 'm' }],
    ['{"a":"\\\\\\"","model":"m"}', { model: 'm' }],
    ['{"mod\\u0065l":"escaped"}', { model: 'escaped' }],
    ['{"m\\u006Fde\\u006c":"both"}', { model: 'both' }],
    ['{"n\\u0000":1,"\\u00g6":1,"mode\\l":1,"ключ":"Grüße 世界 👋"}', {}],
    ['{"model":"\\ud83d\\udc4b"}', { model: '👋' }],
    ['{"model":null,"n":-1.5e+3,"stream":false}', { model: null, n: -1500, stream: false }],
    ['{"model":"first","model":"last"}', { model: 'last' }],
    ['{"model":{"a":[]},"n":[[],{}]}', { model: { a: [] }, n: [[], {}] }],
    ['{"":1,"model":"m"}', { model: 'm' }],
    ['{"__proto__":{"n":2},"model":"m"}', { model: 'm' }],
    ['\uFEFF{"model":"m"}', { model: 'm' }],
  ] as const) {
    t.strictSame(found(json), expected, json);
    t.strictSame(foundAsItComes(json), expected, `${json}, byte by byte`);
  }
  t.end();
});

t.test('the walk refuses anything but a whole JSON object', (t) => {
  const wrong = [
    '',
    ' ',
    'null',
    '1',
    '"model"',
    '[]',
    '[{"model":"m"}]',
    'model',
    '{',
    '}',
    '{]',
    '[}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{"a":1 "b":2}',
    '{"a":1}}',
    '{"a":1}{"b":2}',
    '{"a":1} x',
    '{a:1}',
    "{'a':1}",
    '{"a":[1}',
    '{"a":{"b":1]}',
    '{"a":"',
    '{"a":"\\"}',
    '{"a":"b}',
    '{"a',
    '{1:2}',
    '{"a"::1}',
    '{"a":1;"b":2}',
    '{"a":\u00a01}',
    '<html>',
  ];
  for (const json of wrong) {
    t.equal(found(json), undefined, JSON.stringify(json));
    t.equal(foundAsItComes(json), undefined, `${JSON.stringify(json)}, byte by byte`);
  }
  t.end();
});

t.test('a body that was cut off anywhere is noticed', (t) => {
  const json =
    '{"model":"m","messages":[{"role":"user","content":"a \\"b\\" {c} [d] \\\\"}],"n":1.5,"stream":true}';
  for (let length = 0; length < json.length; length++)
    t.equal(found(json.slice(0, length)), undefined, json.slice(0, length));
  t.ok(found(json));
  t.end();
});

t.test('depth is bounded, breadth and length are not', (t) => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)},"model":"m"}`;
  t.strictSame(found(nested(10_000)), { model: 'm' });
  t.equal(found(nested(10_001)), undefined);
  const broad = `{${Array.from({ length: 50_000 }, (_, at) => `"k${at}":"\\"${at}"`).join(',')},"model":"m"}`;
  t.strictSame(found(broad), { model: 'm' });
  t.strictSame(found(`{"a":"${'\\\\'.repeat(500_000)}","model":"m"}`), { model: 'm' });
  t.end();
});

t.test('a value is read only where it is JSON', (t) => {
  const bytes = Buffer.from('{"model":tru,"n":01}');
  const { spans } = members(bytes, WANTED)!;
  t.equal(valueAt(bytes, spans.get('model')), undefined);
  t.equal(valueAt(bytes, spans.get('n')), undefined);
  t.equal(valueAt(bytes, undefined), undefined);
  t.end();
});

t.test('a value is only read as a scalar where it is a short one', (t) => {
  const long = 'x'.repeat(5_000);
  const json = `{"model":"${long}","stream":[true],"n":2,"user":{"a":1},"flag":null}`;
  const bytes = Buffer.from(json);
  const { spans } = members(bytes, ['model', 'stream', 'n', 'user', 'flag', 'none'])!;
  const read = (name: string) => scalarAt(bytes, spans.get(name));
  t.strictSame(['model', 'stream', 'n', 'user', 'flag', 'none'].map(read), [
    undefined,
    undefined,
    2,
    undefined,
    null,
    undefined,
  ]);
  t.end();
});

t.test('how much a value holds is counted on the way', (t) => {
  const { spans, values } = members(
    Buffer.from('{"model":[[1,2],"a,b",{}],"n":{"a":1,"b":[1,2]},"stream":[]}'),
    WANTED,
  )!;
  t.strictSame(
    ['model', 'n', 'stream'].map((name) => spans.get(name)?.items),
    [3, 2, 1],
  );
  t.ok(values >= 10 && values <= 16, `${values}`);
  t.end();
});

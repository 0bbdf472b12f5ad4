import t from 'tap';
import { edited } from '../../../config/file/edit.ts';

const FILE = `# the providers
server:     { port: 0 }   # a free one

strategy:   { use: priority, busy: 8 } # the strategy


providers:   # upstreams
  lab:   { use: openai-compatible, baseUrl: "http://127.0.0.1:1/v1", apiKey: $LAB_KEY }   # the lab
  other: { use: openai-compatible, baseUrl: 'http://127.0.0.1:2/v1', apiKey: "\${OTHER:-none}" }

models:
  # the usual one
  m:
    targets:
      - { provider: lab, weight: 2 } # twice
      # spare
      - provider: other
        priority: 1 # later

# the end
`;

t.test('a value in a line changes, and all else keeps its place and its comments', (t) => {
  const text = edited(FILE, [
    { path: ['models', 'm', 'targets', 0, 'weight'], value: 5 },
    { path: ['models', 'm', 'targets', 1, 'weight'], value: 3 },
  ]);
  t.equal(
    text,
    FILE.replace('weight: 2 }', 'weight: 5 }').replace(
      'priority: 1 # later',
      'priority: 1 # later\n        weight: 3',
    ),
  );
  t.end();
});

t.test(
  'a strategy that is another keeps the comment beside it; sections that are not touched keep each byte',
  (t) => {
    const text = edited(FILE, [{ path: ['strategy'], value: { use: 'sticky', factor: 2 } }]);
    t.equal(
      text,
      FILE.replace('strategy:   { use: priority, busy: 8 }', 'strategy: { use: sticky, factor: 2 }').replace(
        '\n\n\n',
        '\n\n',
      ),
    );
    t.end();
  },
);

t.test(
  'lines that are not touched keep their blanks, and brackets in the others stand as they stood',
  (t) => {
    const file = `models:
  one:   { targets: [{ provider: a }, { provider: b }] }   # first
  two:
    targets: [{ provider: a, weight: 2 }, { provider: b }]
  three: { targets: [{ provider: a }], fallbacks: [x,   y] }
`;
    const path = ['models', 'two', 'targets', 0, 'weight'];
    t.equal(edited(file, [{ path, value: 7 }]), file.replace('weight: 2', 'weight: 7'));
    const blanks =
      'strategy: { use: sticky, header: "x  [ y" }\nmodels: { m: { targets: [{ provider: a }] } }\n';
    const spaced = edited(blanks, [{ path: ['strategy', 'header'], value: 'x [ y' }]);
    t.equal(spaced, blanks.replace('x  [ y', 'x [ y'), 'blanks inside of a text are part of it');
    t.end();
  },
);

t.test('a section that is not there is added at the end, and a new model is written as people do', (t) => {
  const text = edited('server: { port: 0 }\n# the end', [
    { path: ['strategy'], value: { use: 'p2c' } },
    {
      path: ['models', 'a/b c'],
      value: { strategy: { use: 'random' }, targets: [{ provider: 'lab', model: 'x' }] },
    },
  ]);
  t.equal(
    text,
    `server: { port: 0 }
# the end
strategy: { use: p2c }
models:
  a/b c:
    strategy: { use: random }
    targets:
      - { provider: lab, model: x }
`,
  );
  t.end();
});

t.test('nothing, comments only and empty sections can be written into', (t) => {
  const edits = [{ path: ['models', 'm'], value: { targets: [{ provider: 'a' }] } }];
  const added = 'models:\n  m:\n    targets:\n      - { provider: a }\n';
  t.equal(edited('', edits), added);
  t.equal(edited('# mine\n', edits), `# mine\n\n${added}`);
  const text = edited('server: {}\nmodels:\n  # none: {}\nretry: { attempts: 2 }\n', edits) ?? '';
  for (const line of ['# none: {}', 'retry: { attempts: 2 }', '- { provider: a }']) t.match(text, line);
  t.end();
});

t.test('JSON stays JSON, in its order and with its indents', (t) => {
  const text = `{\n\t"strategy": {"use": "p2c"},\n\t"server": { "port": 0 }\n}\n`;
  const after = edited(text, [{ path: ['strategy'], value: { use: 'random' } }]) ?? '';
  t.same(Object.keys(JSON.parse(after) as object), ['strategy', 'server']);
  t.match(after, /^\{\n\t"strategy": \{\n\t\t"use": "random"/);
  t.equal(edited('{"a":1}', [{ path: ['b'], value: 2 }]), '{"a":1,"b":2}');
  t.end();
});

t.test('line ends of Windows, other indents and lists without one stay as they are', (t) => {
  const windows = FILE.replaceAll('\n', '\r\n');
  const text = edited(windows, [{ path: ['models', 'm', 'targets', 0, 'weight'], value: 5 }]) ?? '';
  t.equal(text, windows.replace('weight: 2 }', 'weight: 5 }'));
  for (const other of [
    'models:\n    m:\n        targets:\n            - {provider: a}\n            - {provider: b}\n',
    'models:\n  m:\n    targets:\n    - {provider: a}\n    - {provider: b}\n',
  ])
    t.equal(
      edited(other, [{ path: ['models', 'm', 'targets', 1, 'weight'], value: 5 }]),
      other.replace('{provider: b}', '{provider: b, weight: 5}'),
    );
  t.end();
});

t.test('an alias is replaced by its own copy; a shared anchor does not change', (t) => {
  const shared = 'models:\n  a: &one { targets: [{ provider: p }] }\n  b: *one\n';
  const path = (model: string) => ['models', model, 'targets', 0, 'weight'];
  const text = edited(shared, [{ path: path('b'), value: 2 }]);
  t.match(text, /^ {2}a: &one \{ targets: \[ ?\{ provider: p \} ?\] \}$/m);
  t.match(text, /^ {2}b: \{.*weight: 2/m);
  t.equal(edited(shared, [{ path: path('a'), value: 2 }]), undefined);
  t.end();
});

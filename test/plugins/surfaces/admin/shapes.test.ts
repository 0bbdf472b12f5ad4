import { monitorEventLoopDelay } from 'node:perf_hooks';
import t from 'tap';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import { openLab } from '../../../lab.ts';
import { testFolder } from '../../../test-folder.ts';

const BYTES = 1_000_000;
/** As many of the part as fit into a body. */
const filled = (before: string, part: string, after: string): string =>
  before + part.repeat(Math.floor((BYTES - before.length - after.length) / part.length)) + after;
const numbered = (part: (at: number) => string, count: number): string =>
  Array.from({ length: count }, (_, at) => part(at)).join(',');

const SHAPES = {
  'lists with nothing in them': filled('{"targets":[', '[],', '[]]}'),
  'maps with nothing in them': filled('{"targets":[', '{},', '{}]}'),
  'targets that say nothing': filled('{"targets":[', '{"provider":"lab"},', '{"provider":"lab"}]}'),
  'targets with unknown words': `{"targets":[${numbered((at) => `{"provider":"lab","k${at}":1}`, 30_000)}]}`,
  numbers: filled('{"targets":[', '1,', '1]}'),
  texts: filled('{"targets":["', 'a","', '"]}'),
  'deep lists': `{"targets":${'['.repeat(BYTES / 2 - 20)}${']'.repeat(BYTES / 2 - 20)}}`,
  'lists as deep as may be': filled('{"targets":[', `${'['.repeat(9_000)}${']'.repeat(9_000)},`, '1]}'),
  'unknown members': `{${numbered((at) => `"k${at}":1`, 80_000)}}`,
  'one long unknown member': filled('{"', 'k', '":1}'),
  'one long name': filled('{"targets":[{"provider":"', 'lab', '"}]}'),
  'a variable opened again and again': filled('{"targets":[{"provider":"', '${a:-', '"}]}'),
  'what may be a URL, and is none': filled('{"targets":[{"provider":"lab","weight":"', 'a', '"}]}'),
  'no JSON at its very end': filled('{"targets":[', '[],', '[]]'),
} as const;

type Method = 'PATCH' | 'POST' | 'PUT';

/** The longest wait of any other request meanwhile, in ms, is `held`. */
async function asked(switchyard: Switchyard, path: string, method: Method, body: string) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const answer = await switchyard.ask(path, { method, body });
  delay.disable();
  return { ...answer, held: delay.max / 1e6 };
}

/** The same, again where it took too long: what the request itself takes it takes each time, a busy machine does not. */
async function askedUnder(bound: number, ...request: Parameters<typeof asked>) {
  let answer = await asked(...request);
  for (let more = 0; more < 5 && answer.held >= bound; more++) answer = await asked(...request);
  return answer;
}

t.test('a management request delays no other, whatever its body', async (t) => {
  const { switchyard } = await openLab(t, { config: { models: { m: { targets: [{ provider: 'lab' }] } } } });
  const plain = filled('{"targets":[{"provider":"lab"}],"note":"', 'word ', '"}');
  await asked(switchyard, '/routes/m', 'PATCH', plain);
  const control = Math.max(
    ...(await Promise.all([1, 2].map(() => asked(switchyard, '/routes/m', 'PATCH', plain)))).map(
      ({ held }) => held,
    ),
  );
  for (const [path, method] of [
    ['/routes/m', 'PATCH'],
    ['/config/load-balancing', 'POST'],
    ['/v1/test', 'POST'],
  ] as const)
    for (const [name, body] of Object.entries(SHAPES)) {
      const { status, text, held } = await askedUnder(20 * control, switchyard, path, method, body);
      t.ok([200, 400].includes(status), `${path}, ${name}: ${status}`);
      t.ok(text.length < 20_000, `${name}: ${text.length} characters are told`);
      t.ok(held < 20 * control, `${path}, ${name}: ${held.toFixed(0)} ms; a plain one ${control.toFixed(0)}`);
    }
});

t.test('of many mistakes the first twenty are reported, in their order', async (t) => {
  const { switchyard } = await openLab(t, { config: { models: { m: { targets: [{ provider: 'lab' }] } } } });
  const targets = Array.from({ length: 1_000 }, () => ({ provider: 'lab', weight: -1 }));
  const { status, json } = await switchyard.ask('/routes/m', { method: 'PATCH', body: { targets } });
  t.equal(status, 400);
  const [head, ...lines] = String(json().error.message).split('\n');
  t.match(head, /^The route has 1000 mistakes, of which these are the first 20:$/);
  t.equal(lines.length, 20);
  for (const [at, line] of lines.entries()) t.match(line, `targets[${at}].weight: -1 is not allowed`);
});

t.test('a management request takes at most 1 MiB', async (t) => {
  const { switchyard, upstream } = await openLab(t);
  const padding = 'x'.repeat(1_100_000);
  for (const [path, method] of [
    ['/routes/m', 'PATCH'],
    ['/config/load-balancing', 'POST'],
    ['/config/reload', 'POST'],
    ['/v1/test', 'POST'],
    ['/providers/lab/test', 'POST'],
    ['/nowhere', 'POST'],
  ] as const) {
    const { status, json } = await switchyard.ask(path, { method, body: { padding } });
    t.equal(status, 413, path);
    t.equal(json().error.code, 'body_too_large');
  }
  t.equal((await switchyard.chat({ padding })).status, 200);
  t.equal(upstream.posts.length, 1);
});

t.test('a long text in the settings does not slow down reading them', async (t) => {
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: { lab: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } },
  });
  const set = (header: string) =>
    switchyard.ask('/config/load-balancing', {
      body: { strategy: 'sticky', options: { headers: [header] } },
    });
  const read = async () => {
    const began = performance.now();
    for (const path of ['/config', '/config/diff', '/config/load-balancing'])
      t.equal((await switchyard.ask(path)).status, 200);
    return performance.now() - began;
  };
  const timed = async (part: string) => {
    t.equal((await set(part.repeat(900_000 / part.length))).status, 200);
    return Math.min(await read(), await read());
  };
  await timed('a');
  const control = await timed('a');
  for (const part of ['?', '?key', '&', 'a:', '//']) {
    let took = await timed(part);
    for (let more = 0; more < 5 && took >= 50 * control; more++) took = await timed(part);
    t.ok(
      took < 50 * control,
      `'${part}' again and again: ${took.toFixed(0)} ms, letters ${control.toFixed(0)}`,
    );
  }
});

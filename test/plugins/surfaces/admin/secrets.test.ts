import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyard, type Answer, type Switchyard } from '../../../switchyard.ts';
import { tinyProgram, type Tiny } from '../../../tiny-program.ts';

const PLANTED = 'planted-token-value';

async function start(t: Test, { plugin, source, home, there }: Tiny, given: Record<string, unknown> = {}) {
  const tiny = { use: plugin, port: 'free', source, start: 'manual', ...given };
  const switchyard = await startSwitchyard(
    t,
    { home, providers: { tiny, other: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' } } },
    { env: there.env },
  );
  const answers: Answer[] = [];
  const ask: Switchyard['ask'] = async (path, options) => {
    const answer = await switchyard.ask(path, options);
    answers.push(answer);
    return answer;
  };
  const put = (body: unknown, name = 'tiny') =>
    ask(`/providers/${name}/secrets`, {
      method: 'PUT',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const forget = (secret: string) => ask(`/providers/tiny/secrets/${secret}`, { method: 'DELETE' });
  return { switchyard, ask, put, forget, answers };
}

t.test('a secret is stored for its process alone, and shown nowhere', { timeout: 300_000 }, async (t) => {
  const tiny = tinyProgram(t);
  const { switchyard, ask, put, answers } = await start(t, tiny);
  t.match((await ask('/providers/tiny')).json(), { lacks: [/set providers\.tiny\.secrets\.TOKEN/] });
  const kept = await put({ TOKEN: PLANTED });
  t.match(kept.json(), {
    provider: 'tiny',
    success: true,
    lacks: [],
    secrets: [
      { name: 'TOKEN', required: true, given: true, from: 'kept' },
      { name: 'EXTRA', given: false, from: null },
    ],
  });
  t.match((await ask('/providers/tiny')).json(), {
    lacks: [],
    process: { secrets: [{ name: 'TOKEN', given: true }, { given: false }] },
  });
  const file = join(tiny.home, 'secrets.json');
  t.equal(statSync(file).mode & 0o777, 0o600);
  t.equal(statSync(tiny.home).mode & 0o777, 0o700);
  t.notMatch(readFileSync(file, 'utf8'), PLANTED, 'encrypted');

  t.equal((await ask('/providers/tiny/start', { method: 'POST' })).status, 200);
  const answer = await switchyard.chat({ model: 't' });
  t.equal(answer.content || answer.json().choices[0].message.content, `TOKEN ${PLANTED}, EXTRA none`);
  t.match((await put({ EXTRA: `${PLANTED}-too` })).json().remarks, [
    /tiny runs: it gets this with its next start/,
  ]);

  for (const path of [
    '/providers',
    '/config',
    '/requests',
    '/health',
    '/providers/tiny/logs',
    '/providers/tiny/history',
  ])
    await ask(path);
  for (const one of answers) t.notMatch(one.text, PLANTED);
  t.notMatch(switchyard.log.join('\n'), PLANTED);
  // Lines are gathered before they are written.
  await switchyard.gateway.upstreams.get('tiny')!.process!.log.close();
  const logs = readdirSync(join(tiny.home, 'logs')).map((name) =>
    readFileSync(join(tiny.home, 'logs', name), 'utf8'),
  );
  t.match(logs.join(''), /tiny begins with \*\*\*/);
  t.notMatch(logs.join(''), PLANTED);
});

t.test('an invalid secret is refused without quoting it', async (t) => {
  const { switchyard, ask, put, forget, answers } = await start(t, tinyProgram(t));
  for (const [body, status, code, says] of [
    [
      { TOKNE: PLANTED },
      400,
      'invalid_request',
      /no secret 'TOKNE' \(did you mean 'TOKEN'\?\); there are: 'TOKEN', 'EXTRA'/,
    ],
    [{ TOKEN: '' }, 400, 'invalid_request', /must be a text that is not empty/],
    [{ TOKEN: 5 }, 400, 'invalid_request', /must be a text/],
    [{ TOKEN: `${PLANTED}\nX=1` }, 400, 'invalid_request', /no line breaks/],
    [{ TOKEN: `${PLANTED}\u0000` }, 400, 'invalid_request', /no NUL/],
    [{}, 400, 'invalid_request', /name at least one/],
    [`{"TOKEN": "${PLANTED}`, 400, 'invalid_json', /must be a JSON object/],
    [`["${PLANTED}"]`, 400, 'invalid_json', /must be a JSON object/],
  ] as const) {
    const answer = await put(body);
    t.equal(answer.status, status, JSON.stringify(body));
    t.match(answer.json(), { error: { code, message: says } });
  }
  t.match((await put({ A: 'b' }, 'other')).json(), { error: { code: 'action_conflict' } });
  t.equal((await put({ A: 'b' }, 'unknown')).status, 404);
  t.equal((await forget('TOKNE')).status, 400);
  t.match((await ask('/providers/tiny')).json().lacks, [/TOKEN/], 'nothing was kept');
  for (const one of answers) t.notMatch(one.text, PLANTED);
  t.notMatch(switchyard.log.join('\n'), PLANTED);
});

t.test(
  "a secret survives a restart, the config's value takes precedence, and it can be deleted",
  async (t) => {
    const tiny = tinyProgram(t);
    const first = await start(t, tiny);
    await first.put({ TOKEN: PLANTED, EXTRA: 'more' });
    await first.switchyard.close();
    const second = await start(t, tiny, { secrets: { TOKEN: 'from-the-config' } });
    const { secrets, remarks } = (await second.put({ TOKEN: 'another' })).json();
    t.match(secrets, [
      { name: 'TOKEN', from: 'config' },
      { name: 'EXTRA', from: 'kept' },
    ]);
    t.match(remarks, [/the config gives TOKEN too, and its value holds/]);
    t.match((await second.forget('TOKEN')).json(), {
      success: true,
      secrets: [{ given: true, from: 'config' }, {}],
    });
    t.match((await second.forget('EXTRA')).json(), { secrets: [{}, { name: 'EXTRA', given: false }] });
    t.equal((await second.forget('EXTRA')).status, 200, 'twice is no mistake');
    t.notOk(readdirSync(tiny.home).includes('secrets.json'), 'nothing is left');
  },
);

t.test('a broken file costs only its own content, and is reported without quoting it', async (t) => {
  const tiny = tinyProgram(t);
  const first = await start(t, tiny);
  await first.put({ TOKEN: PLANTED });
  await first.switchyard.close();
  const file = join(tiny.home, 'secrets.json');
  writeFileSync(file, readFileSync(file, 'utf8').slice(0, -5));
  const { switchyard, ask, put } = await start(t, tiny);
  t.match(
    switchyard.log.join(''),
    /secrets of programs are left out: .*secrets\.json is not a store of secrets/,
  );
  t.notMatch(switchyard.log.join(''), PLANTED);
  t.match((await ask('/providers/tiny')).json().lacks, [/TOKEN/]);
  t.equal((await put({ TOKEN: PLANTED })).status, 200);
});

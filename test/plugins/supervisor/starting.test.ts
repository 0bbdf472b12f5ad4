import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { run } from '../../command/run.ts';
import { startSwitchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';

/** A program that speaks enough OpenAI, ready when it is told to be by a file. */
const PROGRAM = `
import { createServer } from 'node:http';
import { existsSync } from 'node:fs';
const answer = { id: 'x', object: 'chat.completion', created: 1, model: 'local-1', choices: [{ index: 0, message: { role: 'assistant', content: 'here I am' }, finish_reason: 'stop' }] };
createServer((request, response) => {
  if (request.url === '/health') {
    const isReady = existsSync(process.argv[2]);
    return response.writeHead(isReady ? 200 : 503).end(isReady ? '' : JSON.stringify({ loading: 'weights', pass: process.env.PASS }));
  }
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}).listen(process.env.PORT, '127.0.0.1');
`;

const program = (folder: string, more: object): object => ({
  use: 'process',
  command: [process.execPath, `${folder}/server.mjs`, `${folder}/ready`],
  env: { PORT: '{port}' },
  probe: { path: '/health' },
  models: { 'local-1': 'local-1' },
  ...more,
});

t.test(
  'a request for a starting program waits, gets Retry-After after a while, and can come back',
  async (t) => {
    const folder = testFolder(t, { 'server.mjs': PROGRAM });
    const switchyard = await startSwitchyard(t, {
      timeouts: { start: '150ms' },
      providers: {
        mine: program(folder, { start: 'on-demand' }),
      },
    });
    const early = await switchyard.chat({ model: 'local-1' });
    t.equal(early.status, 503);
    t.match(early.headers, { 'retry-after': /^\d+$/ });
    t.notMatch(early.headers, { 'x-should-retry': 'false' }, 'coming back is what it should do');
    t.match(early.json().error, {
      code: 'provider_starting',
      message: /mine is not ready yet \(starting, \d+ s so far\)/,
    });

    await writeFile(`${folder}/ready`, '');
    let late = await switchyard.chat({ model: 'local-1' });
    while (late.status === 503) late = await switchyard.chat({ model: 'local-1' });
    t.equal(late.status, 200);
    t.equal(late.json().choices[0].message.content, 'here I am');
    t.match((await switchyard.trace()).attempts, [{ provider: 'mine', outcome: 'answered' }]);
  },
);

t.test('requests that come while it starts wait for one start and are all answered', async (t) => {
  const folder = testFolder(t, { 'server.mjs': PROGRAM, ready: '' });
  const switchyard = await startSwitchyard(t, {
    providers: {
      mine: program(folder, { start: 'on-demand' }),
    },
  });
  const answers = await Promise.all([1, 2, 3, 4, 5].map(() => switchyard.chat({ model: 'local-1' })));
  t.strictSame(
    answers.map(({ status }) => status),
    [200, 200, 200, 200, 200],
  );
  const changes = switchyard.gateway.upstreams.get('mine')?.process?.history ?? [];
  t.equal(changes.filter(({ state }) => state === 'starting').length, 1);
  t.ok(
    (await switchyard.trace()).notes.some((note: { waited?: string }) => note.waited === 'mine to be ready'),
  );
});

t.test("while it starts, the probe's failure is shown, without any secret", async (t) => {
  const folder = testFolder(t, { 'server.mjs': PROGRAM });
  const switchyard = await startSwitchyard(t, {
    home: `${folder}/home`,
    timeouts: { start: '150ms' },
    providers: {
      mine: program(folder, { secrets: { PASS: 'planted-pass' }, probe: { path: '/health', within: '30s' } }),
      embedded: { enabled: false },
    },
  });
  const mine = async () => (await switchyard.ask('/providers/mine')).json().process;
  const complaint = /^starting: GET \/health answered 503: \{"loading":"weights","pass":"\*\*\*"\}$/;
  while (!complaint.test((await mine()).progress?.line)) await sleep(20);
  t.equal((await mine()).state, 'starting');
  t.match((await switchyard.chat({ model: 'local-1' })).json().error, {
    code: 'provider_starting',
    message: /mine is not ready yet \(starting: GET \/health answered 503: .*, \d+ s so far\)/,
  });
  const { status, text } = await switchyard.ask('/health');
  t.equal(status, 503);
  t.match(text, /"message":"starting: GET \/health answered 503: .*; come back in a moment"/);
  t.notMatch(text, 'planted-pass');
  const said = await run(['status'], { env: { SWITCHYARD_URL: switchyard.url } });
  t.equal(said.code, 1, 'no provider can answer');
  t.match(said.stdout, /^mine\tstarting: GET \/health answered 503: \{"loading":"weights"/m);

  await writeFile(`${folder}/ready`, '');
  while ((await mine()).state !== 'healthy') await sleep(20);
  t.equal((await mine()).progress, null);
  t.notMatch((await switchyard.ask('/health')).text, /"name":"mine"[^}]*"message"/);
});

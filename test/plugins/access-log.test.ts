import { copyFileSync, existsSync, readFileSync, renameSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startCommand } from '../command.ts';
import { openLab, type LabParts } from '../lab.ts';
import type { Parsed } from '../switchyard.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream } from '../upstream/upstream.ts';

function linesOf(file: string): Parsed[] {
  if (!existsSync(file)) return [];
  const texts = readFileSync(file, 'utf8').split('\n');
  if (texts.pop() !== '') throw new Error('a line is not whole');
  return texts.map((line) => JSON.parse(line));
}

/** The lines of a file once there are that many. */
async function lines(file: string, count: number): Promise<Parsed[]> {
  for (;;) {
    const found = linesOf(file);
    if (found.length >= count) return found;
    await sleep(20);
  }
}

async function logged(t: Test, options: Record<string, unknown> = {}, parts: LabParts = {}) {
  const file = join(testFolder(t), 'logs', 'access.log');
  const config = { 'access-log': { enabled: true, file, ...options }, ...parts.config };
  return { file, ...(await openLab(t, { ...parts, config })) };
}

t.test(
  'a line has what a request was, where it went, and what came of it, and nothing of its texts',
  async (t) => {
    const { file, switchyard, upstream } = await logged(
      t,
      {},
      {
        config: {
          server: { apiKeys: ['caller-key-1'] },
          auth: { prices: { 'lab/m': { input: 1, output: 1 } } },
        },
      },
    );
    const headers = { authorization: 'Bearer caller-key-1' };
    const messages = [{ role: 'user', content: 'a secret prompt' }];
    const answer = await switchyard.chat({ stream: true, messages }, { headers });
    upstream.behaveOnce('cut-after-content');
    await switchyard.chat({ stream: true, model: 'a\nb', messages }, { headers });
    await switchyard.chat({}, { headers: { authorization: 'Bearer wrong-key-1' } });
    const [one, two, three] = await lines(file, 3);
    t.match(one, {
      time: /^\d{4}-.*Z$/,
      id: answer.headers['x-switchyard-request-id'],
      key: 'key 1',
      from: '127.0.0.1',
      surface: 'chat',
      model: 'm',
      stream: true,
      provider: 'lab',
      target: 'lab/*',
      attempts: 1,
      status: 200,
      ending: 'complete',
      reason: null,
      tokens: { estimated: false },
    });
    t.ok(one.tokens.input > 0 && one.tokens.output > 0 && one.ms >= one.firstContentMs);
    t.equal(one.cost, (one.tokens.input + one.tokens.output) / 1e6, 'a dollar for a million');
    t.match(two, { model: 'a\nb', ending: 'cut', reason: 'stream_cut' });
    t.match(three, {
      key: null,
      method: 'POST',
      path: '/v1/chat/completions',
      status: 401,
      reason: 'wrong_api_key',
    });
    t.notMatch(readFileSync(file, 'utf8'), /a secret prompt|caller-key-1|wrong-key-1|upstream-key|Hello/);
    t.equal(statSync(file).mode & 0o777, 0o640);
  },
);

t.test(
  'requests that are passed through and changes are told, reading is not, and no query is',
  async (t) => {
    const { file, switchyard } = await logged(t);
    await switchyard.ask('/v1/files?key=in-the-query');
    await switchyard.ask('/providers');
    await switchyard.ask('/providers/lab/reset', { method: 'POST', body: {} });
    await switchyard.chat();
    const all = await lines(file, 2);
    t.match(all[0], { method: 'GET', path: '/v1/files', provider: 'lab', id: /^req_/ });
    t.equal(all.at(-1)?.surface, 'chat');
    t.notMatch(readFileSync(file, 'utf8'), 'in-the-query');
    t.notOk(all.some(({ path }) => path === '/providers'));
  },
);

t.test('what is redacted is not written', async (t) => {
  const { file, switchyard } = await logged(t, { redact: ['from', 'model'] });
  await switchyard.chat();
  t.match((await lines(file, 1))[0], { from: '[redacted]', model: '[redacted]', provider: 'lab' });
});

t.test('nor does another member or an error tell what is redacted', { timeout: 300_000 }, async (t) => {
  const server = { apiKeys: ['caller-key-1'], adminKeys: ['admin-key-1'] };
  const { file, switchyard, upstream } = await logged(
    t,
    { redact: ['key', 'model'] },
    { config: { server, unknownModels: 'reject' }, provider: { models: { 'secret-model': 'secret-own' } } },
  );
  const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });
  upstream.behaveOnce('status-500');
  await switchyard.chat({ model: 'secret-model' }, as('caller-key-1'));
  await switchyard.chat({ model: 'secret-other' }, as('caller-key-1'));
  const gemini = '/v1beta/models/secret-third:generateContent';
  await switchyard.ask(gemini, { ...as('caller-key-1'), body: { contents: [] } });
  const all = await lines(file, 3);
  t.match(all[0], {
    key: '[redacted]',
    model: '[redacted]',
    route: '[redacted]',
    target: '[redacted]',
    provider: 'lab',
    error: /lab answered 500/,
  });
  t.match(all[1], { key: '[redacted]', reason: 'model_not_found', error: '[redacted]' });
  t.match(all[2], { path: '/v1beta/models/[redacted]' });
  t.notMatch(readFileSync(file, 'utf8'), /secret-|"key 1"/);
});

t.test(
  'the file is renamed when it is full, and as many older ones are kept as the config says',
  async (t) => {
    const { file, switchyard } = await logged(t, { rotate: { size: '1KiB', keep: 2 } });
    const model = 'm'.repeat(300);
    for (let at = 0; at < 5; at++) {
      const { headers } = await switchyard.chat({ model });
      const id = headers['x-switchyard-request-id'];
      while (!linesOf(file).some((line) => line.id === id)) await sleep(20);
    }
    t.same(
      [file, `${file}.1`, `${file}.2`].map((name) => linesOf(name).length),
      [1, 1, 1],
    );
    t.notOk(existsSync(`${file}.3`));
  },
);

t.test('another day begins another file', async (t) => {
  let now = Date.parse('2026-11-30T23:59:00Z');
  const { file, switchyard } = await logged(t, {}, { injected: { date: () => now } });
  await switchyard.chat();
  await lines(file, 1);
  now = Date.parse('2026-12-01T00:01:00Z');
  const { headers } = await switchyard.chat();
  await lines(`${file}.1`, 1);
  while (linesOf(file)[0]?.id !== headers['x-switchyard-request-id']) await sleep(20);
  t.equal(linesOf(file).length, 1);
});

t.test(
  'logrotate may move the file away, or copy and truncate it: no signal is needed, no line is lost',
  async (t) => {
    const { file, switchyard } = await logged(t, { rotate: { size: 0, every: 0 } });
    await switchyard.chat();
    await lines(file, 1);
    renameSync(file, `${file}.moved`);
    await switchyard.chat();
    await lines(file, 1);
    copyFileSync(file, `${file}.copied`);
    truncateSync(file);
    await switchyard.chat();
    const [last] = await lines(file, 1);
    const ids = [`${file}.moved`, `${file}.copied`].flatMap((name) => linesOf(name)).map(({ id }) => id);
    t.equal(new Set([...ids, last.id]).size, 3);
    t.equal(readFileSync(file)[0], '{'.charCodeAt(0), 'it begins at the start of the file');
  },
);

t.test('a file that cannot be written loses nothing but time, and the log says so', async (t) => {
  const folder = testFolder(t, { taken: 'a file' });
  const file = join(folder, 'taken', 'access.log');
  const { switchyard } = await openLab(t, { config: { 'access-log': { enabled: true, file } } });
  t.equal((await switchyard.chat()).status, 200);
  while (!switchyard.log.some((line) => line.includes('the access log cannot be written'))) await sleep(20);
  t.equal((await switchyard.chat()).status, 200);
});

t.test('without a file the lines go to standard output; without the option there are none', async (t) => {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const config = {
    discover: false,
    server: { port: 0 },
    history: { enabled: false },
    home: testFolder(t),
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } } },
    'access-log': { enabled: true },
  };
  const command = startCommand(t, { config });
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  const headers = { 'content-type': 'application/json' };
  await fetch(`${await command.url}/v1/chat/completions`, { method: 'POST', headers, body });
  let line: string | undefined;
  while ((line = command.stdout.split('\n').find((one) => one.startsWith('{"'))) === undefined)
    await sleep(20);
  t.match(JSON.parse(line), { surface: 'chat', model: 'm', target: 'lab/m', ending: 'complete' });
});

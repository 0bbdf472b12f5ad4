// The checkout without the supervisor's folder: remote providers work as ever, and a local program says what is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { checkoutWithout } from '../../checkout.ts';
import { run } from '../../command/run.ts';
import { startCommand } from '../../command.ts';
import type { Parsed } from '../../switchyard.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';

const REMEDY = /nothing .*runs local programs.*plugins\/supervisor.*put that folder back/;

function checkout(t: Test): string {
  const folder = checkoutWithout(t, 'plugins/supervisor');
  t.notOk(existsSync(join(folder, 'plugins/supervisor')));
  t.ok(existsSync(join(folder, 'plugins/toolchains/python.ts')));
  return folder;
}

const remote = ({ url }: Upstream) => ({ use: 'openai-compatible', baseUrl: url, models: { m: 'm' } });

async function start(t: Test) {
  const cwd = checkout(t);
  const [one, two] = [await startUpstream({ name: 'one' }), await startUpstream({ name: 'two' })];
  t.teardown(() => Promise.all([one.close(), two.close()]));
  const program = {
    use: 'process',
    command: [process.execPath, '-e', 'process.exit()'],
    start: 'boot',
    models: { p: 'p' },
  };
  const config = {
    discover: false,
    home: join(cwd, 'home'),
    server: { port: 0 },
    retry: { again: 0 },
    providers: { one: remote(one), two: remote(two), program },
    models: {
      m: {
        strategy: { use: 'priority' },
        targets: ['one', 'two'].map((provider, priority) => ({ provider, priority })),
      },
      both: {
        strategy: { use: 'priority' },
        targets: [
          { provider: 'program', model: 'p', priority: 0 },
          { provider: 'two', model: 'm', priority: 1 },
        ],
      },
    },
  };
  const command = startCommand(t, { cwd, config });
  const url = await command.url;
  const ask = async (path: string, body?: object) => {
    const answer = await request(url + path, {
      ...(body && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, text, json: () => JSON.parse(text) as Parsed };
  };
  const chat = (more: object = {}) =>
    ask('/v1/chat/completions', { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more });
  return { ask, chat, command, cwd, one, two };
}

t.test("without the supervisor's folder", { timeout: 300_000 }, async (t) => {
  const { ask, chat, command, cwd, one, two } = await start(t);

  await t.test('remote providers answer: whole, streamed, and by another when one fails', async (t) => {
    t.match((await chat()).json(), { choices: [{ message: { content: /^Hello there/ } }] });
    const stream = await chat({ stream: true });
    t.match(stream.text, /"content":"Hello/);
    t.match(stream.text, /data: \[DONE\]\n\n$/);
    t.equal(one.posts.length, 2);
    one.behave('status-500');
    t.match((await chat({ stream: true })).text, /data: \[DONE\]\n\n$/);
    t.equal((await chat()).status, 200);
    t.ok(two.posts.length >= 1, 'the other one was asked');
    one.behave('ok');
  });

  await t.test('health and the list of providers say what is missing for a program', async (t) => {
    const health = await ask('/health');
    t.equal(health.status, 200);
    const told = (name: string) =>
      health.json().providers.find((provider: { name: string }) => provider.name === name);
    t.match(told('one'), { name: 'one', inService: true, out: [] });
    t.match(told('program'), { state: 'blocked', out: ['incomplete'], message: REMEDY });
    t.match(told('embedded'), { inService: false, message: REMEDY });
    t.match((await ask('/providers/program')).json(), { kind: 'program', state: 'blocked', lacks: [REMEDY] });
    t.match((await ask('/providers/one')).json(), { kind: 'remote', lacks: [] });
  });

  await t.test(
    'a request for a program is told the remedy, and goes on where another can answer',
    async (t) => {
      t.match(await chat({ model: 'p' }), { status: 503 });
      t.match((await chat({ model: 'p' })).json(), { error: { code: 'no_target', message: REMEDY } });
      const pinned = await ask('/v1/chat/completions?provider=program', { model: 'p', messages: [] });
      t.match(pinned, { status: 503 });
      t.match(pinned.json(), { error: { code: 'provider_unavailable', message: REMEDY } });
      t.match((await chat({ model: 'both' })).json(), { choices: [{ message: { content: /^Hello/ } }] });
    },
  );

  await t.test('so is a start, a read of its log, and a secret for it', async (t) => {
    const error = { code: 'provider_unavailable', message: REMEDY };
    t.match((await ask('/providers/program/start', {})).json(), { error });
    t.match((await ask('/providers/program/logs')).json(), { error });
    t.match((await ask('/providers/start-all', {})).json(), {
      results: { program: false },
      errors: { program: REMEDY },
    });
  });

  await t.test('doctor and populate say so', async (t) => {
    const { stdout } = await run(['doctor', '--json'], { cwd });
    t.match(JSON.parse(stdout).machine, [{ what: 'config' }, { what: 'node' }, { found: REMEDY }]);
    t.match(await run(['populate', '--here', '--all'], { cwd }), { code: 1, stderr: REMEDY });
  });

  await t.test('it ends in good order', async (t) => {
    command.child.kill('SIGTERM');
    t.match(await command.ended, { code: 0 });
    t.notMatch(command.stderr, /error/i);
  });
});

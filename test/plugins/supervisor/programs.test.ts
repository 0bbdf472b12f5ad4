import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { meaningOf } from '../../../kits/process-kit/exit-meaning.ts';
import { supervise } from './supervise.ts';
import { testFolder } from '../../test-folder.ts';

t.test(
  'files are written into a private folder before each start, and only its own user reads them',
  async (t) => {
    const root = testFolder(t, { code: { 'models.json': '[]' } });
    const toolchain = { prepare: async () => ({ word: 'filled' }) };
    const { one, address } = supervise(t, 'serve', {
      folder: join(root, 'it'),
      toolchain,
      spec: {
        source: { toolchain: 'fake', packages: {}, code: { folder: join(root, 'code') } },
        env: { PORT: '{port}', WHERE: '{checkout}' },
        secrets: {
          TOKEN: { required: true, description: 'a token', fileOnly: true, value: 'tell {unknown}' },
          OTHER: { required: false, description: 'another', value: '{port}' },
          ABSENT: { required: false, description: 'none' },
        },
        files: { 'deep/keys.json': '["{key}","{TOKEN}","{word}"]', 'models.json': { from: 'models.json' } },
      },
    });
    await one.start('the test wants it');
    const env = (await (await fetch(`${address.origin}/env`)).json()) as Record<string, string>;
    t.match(env, { WHERE: join(root, 'code'), OTHER: '{port}' }, 'a secret is given as it is');
    t.notOk('TOKEN' in env || 'ABSENT' in env);
    const keys = join(root, 'it.data', 'deep', 'keys.json');
    t.match(JSON.parse(readFileSync(keys, 'utf8')), [/^\S{32}$/, 'tell {unknown}', 'filled']);
    t.equal(statSync(keys).mode & 0o777, 0o600);
    t.equal(readFileSync(join(root, 'it.data', 'models.json'), 'utf8'), '[]');
    t.notMatch(JSON.stringify(one.describe()), /tell/, 'no secret is shown');
    t.match(one.describe().secrets, [{ name: 'TOKEN', required: true, given: true }, {}, { given: false }]);
  },
);

t.test('missing secrets are reported instead of a start', async (t) => {
  const secrets = { TOKEN: { required: true, description: 'a token of theirs' } };
  const { one } = supervise(t, 'serve', { spec: { secrets } });
  await t.rejects(one.start('the test wants it'), {
    code: 'provider_unavailable',
    message: /set providers\.stand-in\.secrets\.TOKEN: a token of theirs/,
  });
  const { one: gone } = supervise(t, 'serve', { spec: { unavailable: 'it cannot be had; write it' } });
  t.equal(gone.state, 'absent');
  await t.rejects(gone.start('the test wants it'), { message: /it cannot be had; write it/ });
});

t.test('a known failure is reported with its remedy and not retried, unless it is temporary', async (t) => {
  const exits = [
    { code: 3, says: /no room for\nthe model/, reason: 'it is too big', remedy: 'take another' },
  ];
  const { one } = supervise(t, 'crash', { spec: { exits } });
  await t.rejects(one.start('the test wants it'), {
    message: /^stand-in: it is too big; take another \(it exited with code 3/,
  });
  t.equal(one.state, 'failed');
  const { one: other } = supervise(t, 'crash', {
    spec: { exits: [{ ...exits[0]!, passing: true }] },
    pace: 1,
  });
  await t.rejects(other.start('the test wants it'), { message: /it is too big/ });
  t.equal(other.state, 'backoff');
  const exit = { code: 1, signal: null };
  t.match(meaningOf(exit, ['listen EADDRINUSE: address already in use']), { reason: /its port/ });
  t.equal(meaningOf(exit, ['something else']), undefined);
});

t.test('readiness may depend on the body of a probe, with headers that have placeholders', async (t) => {
  const seen: unknown[] = [];
  const ready = (body: unknown) => (seen.push(body), seen.length > 1 ? undefined : 'not yet');
  const probe = { method: 'GET', path: '/health', status: [200], everyMs: 1_000, withinMs: 5_000, ready };
  const { one } = supervise(t, 'serve', { spec: { probe } });
  await one.start('the test wants it');
  t.same(seen, ['', '']);
  const never = { ...probe, withinMs: 1_500, ready: () => 'no token is active' };
  const { one: other } = supervise(t, 'serve', { spec: { probe: never } });
  await t.rejects(other.start('the test wants it'), {
    message: /not ready within 1500 ms: no token is active/,
  });
});

t.test('an unused program is stopped, and a request starts it', async (t) => {
  let use = { inflight: 1, begun: 1 };
  const { one, until } = supervise(t, 'serve', { spec: { idleStopMs: 4_000 }, use: () => use });
  await one.ready(new AbortController().signal);
  use = { inflight: 0, begun: 2 };
  t.match(await until('stopped'), { reason: 'it has not been used for 4 s' });
  await one.ready(new AbortController().signal);
  t.equal(one.state, 'healthy');
});

t.test('fetched code counts as absent until a toolchain has installed it', async (t) => {
  const root = testFolder(t, { it: {} });
  const source = { toolchain: 'fake', packages: {}, code: { folder: join(root, 'it') } };
  let states = 0;
  const toolchain = {
    prepare: async ({ checkout }: { checkout?: { state: string } | undefined }) => ({
      word: checkout!.state,
      n: String(states++),
    }),
  };
  const { one } = supervise(t, 'serve', { folder: join(root, 'it'), toolchain, spec: { source } });
  t.equal(one.state, 'absent');
  await one.start('the test wants it');
  await one.stop('enough');
  writeFileSync(join(root, 'it', 'more'), '');
  await one.start('the test wants it');
  t.equal(states, 2, 'code may change, so its toolchain looks each time');
});

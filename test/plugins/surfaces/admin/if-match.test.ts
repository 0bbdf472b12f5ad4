/** Of two admins that change settings at once, the second one that says what it has read is told. */
import t from 'tap';
import { sharedFleet, until } from '../../../config/settings/fleet/shared-fleet.ts';
import { noPostgres } from '../../../postgres.ts';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';

const model = (name: string) => ({ name, targets: [{ provider: 'lab', model: 'm' }] });
const tagOf = async (gateway: Switchyard, path = '/config'): Promise<string> =>
  (await gateway.ask(path)).headers['etag'] as string;
const added = (gateway: Switchyard, name: string, tag?: string) =>
  gateway.ask('/config/models', { body: model(name), headers: tag === undefined ? {} : { 'if-match': tag } });

t.test('each route tells the tag, and changes only what is still as it says', async (t) => {
  const lab = { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:1', models: { m: 'm' } };
  const models = { fast: { targets: [{ provider: 'lab', model: 'm' }] } };
  const gateway = await startSwitchyard(t, { home: testFolder(t, {}), providers: { lab }, models });
  const first = await tagOf(gateway);
  t.match(first, /^"[\w-]{22}"$/);
  for (const path of [
    '/config/diff',
    '/config/models',
    '/config/models/fast',
    '/config/load-balancing',
    '/routes',
    '/routes/fast',
    '/providers/lab/entry',
  ])
    t.equal(await tagOf(gateway, path), first, path);
  const done = await added(gateway, 'a', first);
  t.equal(done.status, 200);
  const second = done.headers['etag'] as string;
  t.not(second, first);
  t.equal(await tagOf(gateway), second);
  const changes: [method: string, path: string, body?: Record<string, unknown>][] = [
    ['POST', '/config/models', model('b')],
    ['PATCH', '/config/models/fast', { strategy: 'round-robin' }],
    ['DELETE', '/config/models/a'],
    ['POST', '/providers', { ...lab, name: 'new' }],
    ['PATCH', '/providers/lab', { concurrency: 3 }],
    ['DELETE', '/providers/lab'],
    ['PATCH', '/routes/fast', { targets: [{ provider: 'lab', model: 'm', weight: 3 }] }],
    ['DELETE', '/routes/fast'],
    ['POST', '/config/load-balancing', { strategy: 'round-robin' }],
    ['POST', '/config/load-balancing', { strategy: 'default' }],
    ['DELETE', '/config/load-balancing'],
    ['POST', '/config/save'],
    ['DELETE', '/config/overrides'],
  ];
  for (const [method, path, body] of changes) {
    const answer = await gateway.ask(path, { method, headers: { 'if-match': first }, ...(body && { body }) });
    t.equal(answer.status, 412, `${method} ${path}`);
    t.match(answer.json(), { error: { code: 'settings_changed', message: /Read them again/ } });
  }
  t.equal(await tagOf(gateway), second, 'nothing has changed');
  for (const wanted of ['*', `W/${second}`, `${first}, ${second}`]) {
    const headers = { 'if-match': wanted };
    t.equal((await gateway.ask('/routes/fast', { method: 'DELETE', headers })).status, 200, wanted);
  }
  t.equal((await added(gateway, 'c')).status, 200, 'without the header as ever');
});

t.test(
  'of changes at several gateways at once one is made',
  { skip: noPostgres, timeout: 180_000 },
  async (t) => {
    const { start } = await sharedFleet(t);
    const gateways = [await start('one'), await start('two')] as const;
    const tag = await tagOf(gateways[0]);
    t.equal(await tagOf(gateways[1]), tag);
    const names = ['a', 'b', 'c', 'd'];
    const all = await Promise.all(
      names.map((name, nth) => added(gateways[nth % 2] as Switchyard, name, tag)),
    );
    t.same(all.map(({ status }) => status).toSorted(), [200, 412, 412, 412]);
    const next = all.find(({ status }) => status === 200)!.headers['etag'] as string;
    for (const gateway of gateways) await until(async () => (await tagOf(gateway)) === next);
    t.equal((await added(gateways[1], 'e', next)).status, 200);
  },
);

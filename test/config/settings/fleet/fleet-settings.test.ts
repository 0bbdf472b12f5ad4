import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { noPostgres, postgresServer } from '../../../postgres.ts';
import { hasWeights, patch, sharedFleet, standingOf, until, weigh, weightsOf } from './shared-fleet.ts';

const skip = noPostgres;
const timeout = 180_000;
/** of all tests that do not end it */
const server = skip ? undefined : await postgresServer(t);

t.test(
  'weights, strategies, models and providers that change at one gateway are in force at the others',
  { skip, timeout },
  async (t) => {
    const { start, other } = await sharedFleet(t, server);
    const [one, two] = [await start('one'), await start('two')];
    t.equal((await weigh(one, 2, 3)).status, 200);
    await hasWeights(two, 2, 3);
    await two.ask('/config/load-balancing', { body: { strategy: 'round-robin' } });
    await until(() => one.gateway.settings.strategy().strategy.use === 'round-robin');

    const body = { name: 'new', use: 'openai-compatible', baseUrl: other.url, apiKey: 'a-secret-$key' };
    t.equal((await one.ask('/providers', { body })).status, 200);
    await until(() => two.gateway.upstreams.has('new'));
    await two.ask('/config/models', { body: { name: 'n', targets: [{ provider: 'new', model: 'm' }] } });
    await until(() => one.gateway.settings.model('n') !== undefined);
    for (const gateway of [one, two]) {
      t.equal((await gateway.chat({ model: 'n' })).status, 200);
      t.equal(other.posts.at(-1)?.headers.authorization, 'Bearer a-secret-$key', 'its key came with it');
    }

    await patch(two, '/providers/new', { enabled: false });
    await until(() => !one.gateway.upstreams.has('new'));
    await one.ask('/config/overrides', { method: 'DELETE' });
    await hasWeights(two, undefined, undefined);
    t.same(two.gateway.settings.overrides.value, {});
    t.match(await standingOf(two), { settings: { problem: null } });
  },
);

t.test('keys of providers are encrypted in PostgreSQL', { skip, timeout }, async (t) => {
  const { start, ask, other } = await sharedFleet(t, server);
  const one = await start('one');
  const body = { name: 'new', use: 'openai-compatible', baseUrl: other.url, apiKey: 'a-secret-key' };
  await one.ask('/providers', { body });
  const rows = await ask('SELECT data FROM switchyard_settings');
  t.equal(rows.length, 1);
  t.match(String(rows[0]!['data']), /openai-compatible/);
  t.notMatch(String(rows[0]!['data']), /a-secret-key/);
});

t.test(
  'two gateways that change settings at once: both changes hold, and one of two with the same name',
  { skip, timeout },
  async (t) => {
    const { start, other } = await sharedFleet(t, server);
    const [one, two] = [await start('one'), await start('two')];
    const added = (gateway: typeof one, name: string) =>
      gateway.ask('/config/models', { body: { name, targets: [{ provider: 'lab', model: name }] } });
    const both = await Promise.all([added(one, 'a'), added(two, 'b'), weigh(one, 5), weigh(two, 5)]);
    t.same(
      both.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    for (const gateway of [one, two]) {
      await until(() => ['a', 'b'].every((name) => gateway.gateway.settings.model(name) !== undefined));
      await hasWeights(gateway, 5, undefined);
    }
    const body = { name: 'same', use: 'openai-compatible', baseUrl: other.url };
    const same = await Promise.all([one, two].map((gateway) => gateway.ask('/providers', { body })));
    t.same(same.map(({ status }) => status).toSorted(), [200, 409]);
  },
);

t.test(
  'a gateway that was away has the settings when it is back, and the last ones without PostgreSQL',
  { skip, timeout },
  async (t) => {
    const { start, postgres, homeOf } = await sharedFleet(t);
    const [one, two] = [await start('one'), await start('two')];
    await weigh(one, 1, 4);
    await hasWeights(two, 1, 4);
    await two.close();
    await weigh(one, 2, 5);
    const again = await start('two');
    t.same(weightsOf(again), [2, 5], 'before its first request');
    t.notOk(
      readdirSync(homeOf('two')).some((name) => name.includes('.own-')),
      'what it had was of all gateways',
    );
    await again.close();
    await postgres.kill();
    const alone = await start('two');
    t.same(weightsOf(alone), [2, 5]);
    await postgres.start();
    await until(async () => (await standingOf(alone))?.problem === null);
    await weigh(alone, 3, 3);
    await hasWeights(one, 3, 3);
  },
);

t.test('without PostgreSQL changes are refused, and nothing has changed', { skip, timeout }, async (t) => {
  const { start, postgres } = await sharedFleet(t);
  const [one, two] = [await start('one'), await start('two')];
  await weigh(one, 1, 4);
  await hasWeights(two, 1, 4);
  await postgres.kill();
  const refused = await weigh(one, 9, 9);
  t.match(refused, { status: 503, headers: { 'retry-after': '5' } });
  t.match(refused.json(), { error: { code: 'store_unavailable' } });
  t.same(weightsOf(one), [1, 4]);
  t.equal((await one.chat({ model: 'fast' })).status, 200);
  await postgres.start();
  await until(async () => (await weigh(one, 7, 7)).status === 200);
  await hasWeights(two, 7, 7);
});

t.test(
  'a gateway that cannot take the settings says so and keeps those before, until it can',
  { skip, timeout },
  async (t) => {
    const { start, lab } = await sharedFleet(t, server);
    const one = await start('one');
    const only = { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k' } };
    const models = { fast: { targets: [{ provider: 'lab', model: 'm' }] } };
    const two = await start('two', { config: { providers: only, models } });
    await weigh(one, 4);
    await hasWeights(two, 4);
    const body = { name: 'b', targets: [{ provider: 'other', model: 'm' }] };
    t.equal((await one.ask('/config/models', { body })).status, 200);
    await until(async () => (await standingOf(two))?.settings?.problem !== null);
    const { settings } = (await standingOf(two))!;
    t.match(settings, { revision: 1, problem: /^revision 2 of 'one' cannot be in force here.*'other'/s });
    t.ok(two.log.some((line) => line.includes("revision 2 of 'one'")));
    t.match((await two.ask('/metrics')).text, /^switchyard_store_settings_in_force 0$/m);
    await weigh(one, 8);
    await until(async () => /revision 3/.test((await standingOf(two))?.settings?.problem ?? ''));
    t.same(weightsOf(two), [4], 'all or nothing');
    t.equal((await two.chat({ model: 'fast' })).status, 200);

    const mending = { name: 'b' };
    t.equal(
      (await two.ask(`/config/models/${mending.name}`, { method: 'DELETE' })).status,
      404,
      'not known here',
    );
    await one.ask('/config/models/b', { method: 'DELETE' });
    await hasWeights(two, 8);
    t.match(await standingOf(two), { settings: { revision: 4, problem: null } });
  },
);

t.test(
  'a gateway with another key for secrets says so, and all changes can be undone there',
  { skip, timeout },
  async (t) => {
    const { start, other } = await sharedFleet(t, server);
    const one = await start('one');
    const two = await start('two', { secretKey: Buffer.alloc(32, 7).toString('base64') });
    const body = { name: 'new', use: 'openai-compatible', baseUrl: other.url, apiKey: 'a-secret-key' };
    await one.ask('/providers', { body });
    await until(async () =>
      /give all gateways the same SWITCHYARD_SECRET_KEY/.test(
        (await standingOf(two))?.settings?.problem ?? '',
      ),
    );
    t.equal((await two.ask('/config/overrides', { method: 'DELETE' })).status, 200);
    await until(() => !one.gateway.upstreams.has('new'));
    t.match(await standingOf(two), { settings: { problem: null } });
  },
);

t.test(
  'the first gateway brings what was changed there before, and the next one keeps its own in a file',
  { skip, timeout },
  async (t) => {
    const { start, other, homeOf } = await sharedFleet(t, server);
    const body = { name: 'new', use: 'openai-compatible', baseUrl: other.url, apiKey: 'a-$secret-key' };
    for (const [name, weight] of [
      ['one', 3],
      ['two', 6],
    ] as const) {
      const before = await start(name, { isAlone: true });
      await weigh(before, weight);
      const secret = {
        name: `of-${name}`,
        use: 'openai-compatible',
        baseUrl: other.url,
        apiKey: `key-${name}`,
      };
      await before.ask('/providers', { body: secret });
      if (name === 'one') {
        await before.ask('/providers', { body });
        await before.ask('/config/models', {
          body: { name: 'n', targets: [{ provider: 'new', model: 'm' }] },
        });
      }
      await before.close();
    }
    const one = await start('one');
    t.same(weightsOf(one), [3, undefined]);
    const two = await start('two');
    t.same(weightsOf(two), [3, undefined]);
    t.equal((await two.chat({ model: 'n' })).status, 200);
    t.equal(other.posts.at(-1)?.headers.authorization, 'Bearer a-$secret-key');
    const [aside] = readdirSync(homeOf('two')).filter((name) => name.startsWith('overrides.json.own-'));
    t.match(JSON.parse(readFileSync(join(homeOf('two'), aside!), 'utf8')), {
      models: { fast: { targets: [{ weight: 6 }, {}] } },
    });
    t.ok(two.log.some((line) => line.includes(aside!)));
    const kept = (await two.ask('/secrets')).text;
    t.match(kept, /provider\.of-two\.apiKey/, 'and the key that it refers to');

    await one.close();
    const alone = await start('one', { isAlone: true });
    t.same(
      weightsOf(alone),
      [3, undefined],
      'a gateway that shares nothing any more keeps what was in force',
    );
    t.equal((await alone.chat({ model: 'n' })).status, 200);
  },
);

t.test('a local program is changed at its own gateway alone', { skip, timeout }, async (t) => {
  const { start, lab, postgres } = await sharedFleet(t);
  const providers = {
    lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k' },
    program: { use: 'embedded', start: 'manual' },
  };
  const models = { fast: { targets: [{ provider: 'lab', model: 'm' }] } };
  const [one, two] = [
    await start('one', { config: { providers, models } }),
    await start('two', { config: { providers, models } }),
  ];
  t.equal((await patch(one, '/providers/program', { concurrency: 3 })).status, 200);
  await weigh(one, 2);
  await hasWeights(two, 2);
  const concurrencyAt = ({ gateway }: typeof one) =>
    gateway.settings.config.providers['program']?.['concurrency'];
  t.same([concurrencyAt(one), concurrencyAt(two)], [3, undefined]);
  await postgres.kill();
  t.equal((await patch(one, '/providers/program', { concurrency: 4 })).status, 200, 'it needs no PostgreSQL');
  await one.close();
  await postgres.start();
  const again = await start('one', { config: { providers, models } });
  t.same([concurrencyAt(again), weightsOf(again)], [4, [2]]);
});

t.test('settings that name a plugin by its path are not taken', { skip, timeout }, async (t) => {
  const { start, ask } = await sharedFleet(t, server);
  const one = await start('one');
  const evil = { overrides: { strategy: { use: './other.mjs' } }, form: 1 };
  const insert = 'INSERT INTO switchyard_settings (revision, id, node, at, data) VALUES ($1, $2, $3, 0, $4)';
  await ask(insert, [1, 'x', 'none', JSON.stringify(evil)]);
  await until(async () =>
    /there is no strategy plugin/.test((await standingOf(one))?.settings?.problem ?? ''),
  );
  await ask(insert, [2, 'y', 'none', JSON.stringify({ ...evil, form: 2 })]);
  await until(async () => /a newer gateway/.test((await standingOf(one))?.settings?.problem ?? ''));
  t.equal(one.gateway.settings.overrides.value.strategy, undefined);
});

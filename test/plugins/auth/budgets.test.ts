import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t from 'tap';
import { budgetNews, type BudgetNews } from '../../../kits/feature-kit/index.ts';
import { startSwitchyard, startSwitchyardFrom } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import { codeOf, openKeyed } from './keyed.ts';

/** the beginning of a minute and an hour */
const NOW = Date.parse('2027-01-15T10:00:00Z');
/** A dollar for each token of an answer: the fake upstream counts 8. */
const DEAR = { input: 0, output: 1_000_000 };
const at = (date = (): number => NOW) => ({ injected: { date } });
const withPrices = (prices: object, more: object = {}) => ({ config: { auth: { prices, ...more } } });

t.test('money is reserved by an estimate and the price, and settled by what was counted', async (t) => {
  const { make, chat, manage, switchyard } = await openKeyed(t, { ...at(), ...withPrices({ m: DEAR }) });
  const news: BudgetNews[] = [];
  budgetNews(switchyard.gateway).on((one) => news.push(one));
  const key = await make('app', { limits: { dollars: { day: 20, month: 500 } } });
  const first = await chat(key, { max_tokens: 10 });
  t.match(first.headers, {
    'x-ratelimit-limit-dollars': '20',
    'x-ratelimit-remaining-dollars': '10',
    'x-ratelimit-reset-dollars': '14h0m0s',
    'x-switchyard-cost': '8',
  });
  t.equal((await chat(key, { max_tokens: 12, stream: true })).status, 200, '12 are left');
  const spent = await chat(key, { max_tokens: 5 });
  t.match(spent, { status: 429, headers: { 'x-should-retry': 'false', 'retry-after': String(14 * 3600) } });
  t.match(spent.json().error, {
    code: 'budget_spent',
    message:
      /the key 'app' may use \$20 a day and has used \$16, and this request may need \$5; the day ends in 14h0m0s/,
  });
  t.equal((await chat(key, { max_tokens: 4 })).status, 200, 'one that fits goes on');
  const { limits } = (await manage('GET', '/keys/app')).json();
  t.strictSame(limits, { dollars: { day: 20, month: 500 } });
  t.strictSame(
    news.map(({ budget, percent, most }) => [budget, percent, most]),
    [
      ['key app, today', 80, 20],
      ['key app, today', 100, 20],
    ],
  );
});

t.test(
  'a budget of 0 is one, none is no limit, and what costs nothing goes on when the money is gone',
  async (t) => {
    const { make, chat, manage } = await openKeyed(t, {
      ...at(),
      provider: { models: { m: 'm', gratis: 'gratis', dark: 'dark' } },
      config: {
        models: {
          mixed: {
            strategy: { use: 'priority' },
            targets: [
              { provider: 'lab', model: 'm' },
              { provider: 'lab', model: 'gratis', priority: 1 },
            ],
          },
        },
        auth: { prices: { m: DEAR, gratis: { input: 0, output: 0 } } },
      },
    });
    const none = await make('none', { limits: { dollars: { total: 0 } } });
    const refused = await chat(none);
    t.match(refused, { status: 429, headers: { 'x-should-retry': 'false', 'retry-after': undefined } });
    t.match(refused.json().error.message, /may use \$0; an operator can give more/);
    t.equal((await chat(none, { model: 'gratis' })).status, 200);
    t.match((await chat(none, { model: 'mixed' })).headers, {
      'x-switchyard-model': 'gratis',
      'x-switchyard-cost': '0',
    });
    t.match((await chat(none, { model: 'dark' })).headers, { 'x-switchyard-cost': 'unknown' });
    t.equal((await chat(await make('free'))).status, 200);
    const strict = await make('strict', { limits: { dollars: { total: 100 }, unknownPrice: 'refuse' } });
    t.equal((await chat(strict)).status, 200);
    const unknown = await chat(strict, { model: 'dark' });
    t.match(unknown.json().error, { code: 'budget_spent', message: /what lab\/dark costs is not known/ });
    const { data } = (await manage('GET', '/usage?by=model')).json();
    t.match(
      data.map(({ model, cost }: { model: string; cost: object }) => [model, cost]),
      [
        ['dark', { reported: null, unpriced: 1 }],
        ['gratis', { reported: 0, unpriced: 0 }],
        ['m', { reported: 16, unpriced: 0 }],
        ['mixed', { reported: 0, unpriced: 0 }],
      ],
    );
  },
);

t.test('prepaid money has no period, survives the gateway and can be topped up', async (t) => {
  let now = NOW;
  const { make, chat, home, switchyard, admin } = await openKeyed(t, {
    ...at(() => now),
    ...withPrices({ m: DEAR }),
  });
  const key = await make('app', { limits: { dollars: { total: 10 } } });
  t.equal((await chat(key, { max_tokens: 8 })).status, 200);
  now += 400 * 86_400_000;
  t.equal(codeOf(await chat(key, { max_tokens: 8 })), 'budget_spent');
  await switchyard.close();
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'k', models: { m: 'm' } };
  const again = await startSwitchyard(
    t,
    { home, providers: { lab }, auth: { prices: { m: DEAR } } },
    { date: () => now },
  );
  const ask = () => again.chat({ max_tokens: 8 }, { headers: { 'x-api-key': key } });
  t.equal(codeOf(await ask()), 'budget_spent');
  const body = { limits: { dollars: { total: 30 } } };
  await again.ask('/keys/app', { method: 'PATCH', body, headers: { 'x-api-key': admin } });
  t.match((await ask()).headers, {
    'x-ratelimit-remaining-dollars': '14',
    'x-ratelimit-reset-dollars': undefined,
  });
});

t.test(
  'what was delivered of a stream that is cut or left is paid, and a failed attempt is not',
  async (t) => {
    const { make, chat, as, upstream, manage } = await openKeyed(t, {
      ...at(),
      config: { retry: { again: 1 }, auth: { prices: { m: DEAR } } },
    });
    const key = await make('app', { limits: { dollars: { day: 100 } } });
    const spent = async (): Promise<number> => {
      while ((await manage('GET', '/keys/app')).json().running > 0) await new Promise(setImmediate);
      return (await as(key, '/usage')).json().limits[0].used;
    };
    upstream.behaveOnce('status-500');
    await chat(key, { max_tokens: 50 });
    t.equal(await spent(), 8);
    upstream.behaveOnce('cut-after-content');
    await chat(key, { max_tokens: 50, stream: true });
    const cut = await spent();
    t.ok(cut > 8 && cut < 20, `${cut}`);
    const trace = (await as(key, '/usage?by=key')).json().data[0];
    t.equal(trace.cost.reported + trace.cost.estimated, cut, 'usage says the same');
  },
);

t.test(
  'limits and prices of the config change without a restart, and a wrong one changes nothing',
  async (t) => {
    const upstream = await startUpstream({ interval: 0 });
    t.teardown(() => upstream.close());
    const folder = testFolder(t, {});
    const write = (auth?: object) =>
      writeFile(
        join(folder, 'switchyard.json'),
        JSON.stringify({
          discover: false,
          watch: false,
          home: './home',
          server: { apiKeys: ['caller-key-1'] },
          providers: {
            lab: { use: 'openai-compatible', baseUrl: upstream.url, apiKey: 'k', models: { m: 'm' } },
          },
          auth,
        }),
      );
    await write({ prices: { m: { input: 0, output: 1_000 } } });
    const switchyard = await startSwitchyardFrom(t, folder, {});
    const headers = { 'x-api-key': 'caller-key-1' };
    const ask = () => switchyard.chat({ max_tokens: 8 }, { headers });
    const become = async (auth?: object) => {
      await write(auth);
      return switchyard.ask('/config/reload', { method: 'POST', headers });
    };
    t.equal((await ask()).headers['x-switchyard-cost'], '0.008');
    const changed = await become({
      prices: { m: { input: 0, output: 2_000 } },
      limits: { all: { requests: { total: 2 } } },
    });
    t.match(changed.json(), { changed: ['auth'], restart: [], success: true });
    t.match((await ask()).headers, { 'x-switchyard-cost': '0.016', 'x-ratelimit-remaining-requests': '1' });
    await become({
      prices: { 'lab/*': [{ input: 1, output: 3_000, from: '2020-01-01' }] },
      limits: { all: { requests: { total: 3 } } },
    });
    t.match(
      (await ask()).headers,
      { 'x-switchyard-cost': '0.024011', 'x-ratelimit-remaining-requests': '1' },
      'what was used stays',
    );
    for (const [auth, message] of [
      [{ prices: { m: { input: -1, output: 0 } } }, /auth\.prices\.m/],
      [{ prices: { m: [{ input: 1, output: 0, from: 'soon' }] } }, /auth\.prices\.m/],
      [{ prices: { m: { input: 1 } } }, /auth\.prices\.m/],
      [{ limits: { all: { requests: { week: 1 } } } }, /auth\.limits\.all\.requests/],
      [{ limits: { all: { per: ['planet'] } } }, /auth\.limits\.all\.per/],
    ] as const) {
      const wrong = await become(auth);
      t.equal(codeOf(wrong), 'config_not_reloaded');
      t.match(wrong.json().error.message, message);
    }
    t.equal((await ask()).headers['x-ratelimit-remaining-requests'], '0');
    t.equal(codeOf(await ask()), 'rate_limited');
    t.equal((await become(undefined)).status, 200);
    t.match((await ask()).headers, {
      'x-ratelimit-remaining-requests': undefined,
      'x-switchyard-cost': 'unknown',
    });
  },
);

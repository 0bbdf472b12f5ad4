import t from 'tap';
import { Prices } from '../../../../plugins/auth/usage/prices.ts';
import type { UsageRow } from '../../../../plugins/auth/usage/usage-row.ts';

const MILLION = { prompt: 1_000_000, completion: 1_000_000, total: 2_000_000 };
const row = (more: Partial<UsageRow> = {}, model = 'gpt-4o', usage: object = MILLION): UsageRow =>
  ({
    atEpochMs: Date.parse('2026-01-15T10:00:00Z'),
    model: 'asked',
    provider: 'openai',
    origin: 'https://api.openai.com',
    isFree: false,
    unknown: 0,
    priced: [{ model, usage }],
    ...more,
  }) as UsageRow;

t.test('published prices are those of the provider behind the URL', (t) => {
  const prices = new Prices({});
  t.strictSame(prices.costsOf(row()), { cost: 12.5e9, estimatedCost: 0, unpriced: 0 }, '2.5 and 10 dollars');
  const cached = prices.costsOf(row({}, 'gpt-4o', { ...MILLION, cached: 1_000_000 }));
  t.equal(cached.cost, 11.25e9, 'a cached prompt costs half');
  t.ok(prices.costsOf(row({ origin: 'https://api.anthropic.com' }, 'claude-sonnet-4-5')).cost > 17e9);
  t.strictSame(prices.costsOf(row({}, 'gpt-4o', { ...MILLION, estimated: true })), {
    cost: 0,
    estimatedCost: 12.5e9,
    unpriced: 0,
  });
  t.end();
});

t.test('what is not known is counted and costs nothing known', (t) => {
  const prices = new Prices({});
  const none = { cost: 0, estimatedCost: 0, unpriced: 1 };
  t.strictSame(prices.costsOf(row({}, 'unheard-of')), none, 'the model');
  t.strictSame(prices.costsOf(row({ origin: 'http://127.0.0.1:4000' })), none, 'the provider');
  t.strictSame(prices.costsOf(row({ unknown: 1, priced: [] })), none, 'the tokens');
  t.strictSame(
    prices.costsOf(row({ isFree: true, origin: undefined })),
    { ...none, unpriced: 0 },
    'a program',
  );
  t.end();
});

t.test('prices of the config precede, the narrowest first', (t) => {
  const of = (name: string, price: object, more: Partial<UsageRow> = {}) =>
    new Prices({ [name]: price as never }).costsOf(row(more)).cost;
  for (const name of ['openai/gpt-4o', 'openai/asked', 'gpt-4o', 'asked'])
    t.equal(of(name, { input: 1, output: 1 }), 2e9, name);
  t.equal(of('asked', { input: 1, output: 1 }, { isFree: true }), 2e9, 'of a program, too');
  const both = new Prices({ 'openai/gpt-4o': { input: 1, output: 0 }, asked: { input: 5, output: 0 } });
  t.equal(both.costsOf(row()).cost, 1e9);
  const cached = new Prices({ 'gpt-4o': { input: 10, output: 0, cached: 1 } });
  t.equal(cached.costsOf(row({}, 'gpt-4o', { ...MILLION, cached: 500_000 })).cost, 5.5e9);
  t.end();
});

import t from 'tap';
import { calcPrice } from '@pydantic/genai-prices';
import type { Target, Usage } from '../../../../core/contracts/index.ts';
import type { OwnPrices } from '../../../../plugins/auth/prices/own-prices.ts';
import { costOf } from '../../../../plugins/auth/prices/price.ts';
import { PriceBook } from '../../../../plugins/auth/prices/price-book.ts';
import { publishedPrice } from '../../../../plugins/auth/prices/published.ts';

const NOW = Date.parse('2026-01-15T10:00:00Z');
const MILLION: Usage = { prompt: 1_000_000, completion: 1_000_000, total: 2_000_000 };

interface Given {
  readonly own?: OwnPrices;
  readonly model?: string;
  readonly origin?: string | undefined;
  readonly usage?: Usage;
  readonly isProgram?: boolean;
  readonly tier?: string;
  readonly now?: number;
}

/** In nano-dollars; undefined: it is not known. */
async function priced({
  own = {},
  usage = MILLION,
  tier,
  now = NOW,
  ...given
}: Given): Promise<number | undefined> {
  const { model = 'gpt-4o', origin = 'https://api.openai.com', isProgram = false } = given;
  const book = new PriceBook(own, { date: () => now, published: publishedPrice });
  const provider = { name: 'openai', origin, ...(isProgram && { process: {} }) };
  const price = await book.of({ provider, model, name: model } as Target, 'asked', tier);
  return price && costOf(price, usage);
}

t.test('published prices are those of the provider behind the URL', async (t) => {
  t.equal(await priced({}), 12.5e9, '2.5 and 10 dollars');
  t.equal(await priced({ usage: { ...MILLION, cached: 1_000_000 } }), 11.25e9, 'a cached prompt costs half');
  const claude = { origin: 'https://api.anthropic.com', model: 'claude-sonnet-4-5' };
  t.ok(((await priced(claude)) ?? 0) > 17e9);
  t.equal(await priced({ model: 'unheard-of' }), undefined, 'the model is not known');
  t.equal(await priced({ origin: 'http://127.0.0.1:4000' }), undefined, 'the provider is not known');
  t.equal(await priced({ isProgram: true }), 0, 'a program costs nothing');
});

t.test('they are counted as those that publish them count, in each tier', async (t) => {
  const all = [
    ['https://api.openai.com', 'gpt-4o'],
    ['https://api.anthropic.com', 'claude-sonnet-4-5'],
    ['https://generativelanguage.googleapis.com', 'gemini-2.5-pro'],
    ['https://api.deepseek.com', 'deepseek-chat'],
  ] as const;
  for (const [origin, model] of all)
    for (const prompt of [100, 200_000, 200_001, 400_000])
      for (const cached of [0, 90]) {
        const usage = { prompt, completion: 1_234, total: prompt + 1_234, cached };
        const tokens = { input_tokens: prompt, output_tokens: 1_234, cache_read_tokens: cached };
        const theirs = calcPrice(tokens, model, {
          providerApiUrl: origin,
          timestamp: new Date(NOW),
        })?.total_price;
        const ours = await priced({ origin, model, usage });
        t.ok(
          theirs !== undefined && Math.abs((ours ?? 0) - theirs * 1e9) <= 1,
          `${model} ${prompt} ${cached}`,
        );
      }
});

t.test('prices of the config precede, the narrowest first', async (t) => {
  for (const name of ['openai/gpt-4o', 'openai/asked', 'gpt-4o', 'asked', 'openai/*', 'gpt-*', '*']) {
    const own = { [name]: { input: 1, output: 1 } };
    t.equal(await priced({ own }), 2e9, name);
    t.equal(await priced({ own, isProgram: true }), 2e9, `${name} of a program`);
  }
  const own = {
    'openai/*': { input: 9, output: 0 },
    'openai/gpt-4o': { input: 1, output: 0 },
    asked: { input: 5, output: 0 },
  };
  t.equal(await priced({ own }), 1e9);
});

t.test(
  'a price has its own for the cache, for each request, for long requests, and for a tier',
  async (t) => {
    const own = (price: OwnPrices[string]): OwnPrices => ({ asked: price });
    const cached = own({ input: 10, output: 0, cached: 1, cacheWritten: 20 });
    t.equal(
      await priced({ own: cached, usage: { ...MILLION, cached: 500_000, cacheWritten: 250_000 } }),
      8e9,
    );
    t.equal(await priced({ own: own({ input: 0, output: 0, request: 0.25 }) }), 0.25e9);
    const tiers = [
      { above: 500_000, input: 4 },
      { above: 100, input: 2, output: 3 },
    ];
    for (const [prompt, cost] of [
      [100, 100_000],
      [101, 202_000],
      [500_001, 2_000_004_000],
    ] as const)
      t.equal(
        await priced({
          own: own({ input: 1, output: 0, tiers }),
          usage: { prompt, completion: 0, total: prompt },
        }),
        cost,
        `${prompt}`,
      );
    const flex = own([
      { input: 2, output: 0 },
      { input: 1, output: 0, tier: 'flex' },
    ]);
    t.equal(await priced({ own: flex }), 2e9);
    t.equal(await priced({ own: flex, tier: 'flex' }), 1e9);
    t.equal(await priced({ own: flex, tier: 'priority' }), 2e9);
  },
);

t.test('the price of a day holds from that day on', async (t) => {
  const own = {
    asked: [
      { input: 3, output: 0, from: '2026-02-01' },
      { input: 1, output: 0 },
      { input: 2, output: 0, from: '2026-01-01' },
    ],
  };
  t.equal(await priced({ own, now: Date.parse('2025-12-31T23:59:59Z') }), 1e9);
  t.equal(await priced({ own, now: Date.parse('2026-01-01T00:00:00Z') }), 2e9);
  t.equal(await priced({ own, now: Date.parse('2026-02-01T00:00:00Z') }), 3e9);
  let now = Date.parse('2026-01-31T23:59:59Z');
  const book = new PriceBook(own, { date: () => now, published: publishedPrice });
  const target = { provider: { name: 'a' }, model: 'm', name: 'm' } as Target;
  t.match(book.of(target, 'asked'), { input: 2 });
  now += 1_000;
  t.match(book.of(target, 'asked'), { input: 3 }, 'what was looked up before does not stay');
});

t.test('prices that cannot be looked up are not known, and are looked up again', async (t) => {
  let now = NOW;
  let asked = 0;
  const published = () =>
    asked++ === 0 ? Promise.reject(new Error('no such package')) : Promise.resolve({ input: 1, output: 1 });
  const book = new PriceBook({}, { date: () => now, published });
  const target = { provider: { name: 'a', origin: 'https://a.example' }, model: 'm', name: 'm' } as Target;
  t.equal(await book.of(target, 'm'), undefined);
  t.equal(book.of(target, 'm'), undefined, 'at once');
  t.equal(asked, 1);
  now += 60_000;
  t.equal(book.of(target, 'm'), undefined, 'until it is known again');
  await new Promise(setImmediate);
  t.match(book.of(target, 'm'), { input: 1 });
});

import t from 'tap';
import { budgetNews } from '../../../../../kits/feature-kit/index.ts';
import { openFleet } from '../../../../fleet.ts';
import { upstream } from '../../../../in-front.ts';
import { noRedis } from '../../../../redis.ts';

/** A dollar for each token of an answer: the fake upstream counts 8. */
const DEAR = { input: 0, output: 1_000_000 };

t.test(
  'each share of a budget that gateways count together is news once at a gateway',
  { skip: noRedis, timeout: 300_000 },
  async (t) => {
    const lab = await upstream(t, 'lab', { interval: 0 });
    const { gateways } = await openFleet(t, {
      providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
      auth: { prices: { m: DEAR }, limits: { all: { dollars: { total: 100 } } } },
    });
    const [one] = gateways;
    const told: (readonly [string, number, number | null])[] = [];
    budgetNews(one.gateway).on(({ id, percent, endsEpochMs }) => told.push([id, percent, endsEpochMs]));
    for (let nth = 0; nth < 12; nth++) t.equal((await one.chat({ max_tokens: 4 })).status, 200);
    t.equal((await one.chat({ max_tokens: 8 })).status, 429);
    const [[id]] = told as [(typeof told)[0]];
    t.strictSame(
      told,
      [50, 80, 100].map((percent) => [id, percent, null]),
    );
  },
);

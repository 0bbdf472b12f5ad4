import t from 'tap';
import { MemoryCounters } from '../../../../plugins/auth/limits/counter-store.ts';
import { LimitInForce, type GroupBound } from '../../../../plugins/auth/limits/limit-in-force.ts';
import { standingHeaders } from '../../../../plugins/auth/limits/standing.ts';

const NOW = Date.parse('2027-01-15T10:00:00Z');

t.test('what is left is shown in plain digits, however little or much it is', (t) => {
  const counters = new MemoryCounters<GroupBound>(() => NOW);
  const perSpan = { requests: { hour: 1 }, tokens: { day: 9e15 }, dollars: { total: 1_000_000 } };
  const limit = new LimitInForce({ ...perSpan, id: 'a', name: 'a', from: 'config' }, counters);
  const [group] = limit.groupsOf({ key: 'k', owner: null, labels: [] });
  const bounds = [...group!.bounds, ...group!.money];
  const left = (dollars: number): string | undefined => {
    const amounts = { requests: 0, tokens: 1, dollars, concurrency: 0 };
    t.equal(counters.reserve(bounds, amounts, NOW), undefined);
    const headers = standingHeaders(bounds, NOW);
    t.match(headers, { 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-remaining-tokens': /^89{14}\d$/ });
    return headers['x-ratelimit-remaining-dollars'];
  };
  t.equal(left(0), '1000000');
  t.equal(left(1), '999999.999999999');
  t.equal(left(1e15 - 101), '0.0000001');
  t.equal(left(100), '0');
  t.end();
});

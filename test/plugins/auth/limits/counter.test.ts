import t from 'tap';
import { packed, unpacked } from '../../../../plugins/auth/limits/counter-batch.ts';
import { Counter } from '../../../../plugins/auth/limits/counter.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;

t.test('a counter begins at nothing with each span of UTC', (t) => {
  const counter = new Counter('a', 'minute');
  counter.add(3, NOW + 59_999);
  t.equal(counter.used(NOW + 59_999), 3);
  t.equal(counter.endsEpochMs(NOW + 59_999), NOW + 60_000);
  t.equal(counter.used(NOW + 60_000), 0);
  t.end();
});

t.test('a month is that of the calendar, and a total never ends', (t) => {
  const [month, total] = [new Counter('a', 'month'), new Counter('b', 'total')];
  const february = Date.parse('2028-02-29T23:59:59Z');
  for (const counter of [month, total]) counter.add(5, february);
  t.equal(month.endsEpochMs(february), Date.parse('2028-03-01T00:00:00Z'));
  t.equal(month.used(february + 1_000), 0);
  t.equal(total.endsEpochMs(february), Infinity);
  t.equal(total.used(february + 1_000 * DAY), 5);
  t.end();
});

t.test('what was reserved is replaced by what was used', (t) => {
  const counter = new Counter('a', 'minute');
  counter.add(100, NOW);
  counter.settle(100, 30, NOW, NOW + 1_000);
  t.equal(counter.used(NOW + 1_000), 30);
  t.end();
});

t.test('of a reservation in a span that is over, only what was used beyond it counts in the next', (t) => {
  for (const [used, counts] of [
    [30, 0],
    [150, 50],
  ] as const) {
    const counter = new Counter('a', 'minute');
    counter.add(100, NOW);
    counter.add(1, NOW + 60_000);
    counter.settle(100, used, NOW, NOW + 60_000);
    t.equal(counter.used(NOW + 60_000), 1 + counts);
  }
  t.end();
});

t.test('a clock that is set back gives nothing back that others have used since', (t) => {
  const counter = new Counter('a', 'hour');
  counter.add(1_000, NOW + DAY);
  counter.add(500, NOW);
  counter.settle(1_000, 10, NOW + DAY, NOW);
  t.equal(counter.used(NOW), 500);
  t.end();
});

t.test('what was saved counts in its own span only, beside what was counted since', (t) => {
  const counter = new Counter('a', 'day');
  counter.add(7, NOW);
  const [saved] = unpacked(packed([counter], NOW));
  for (const [now, used] of [
    [NOW, 8],
    [NOW + DAY, 1],
  ] as const) {
    const next = new Counter('a', 'day');
    next.add(1, now);
    next.restore(saved!, now);
    t.equal(next.used(now), used);
  }
  t.end();
});

t.test('a clock that is set back begins a span of its own: a minute does not last for hours', (t) => {
  for (const span of ['minute', 'hour', 'day', 'month'] as const) {
    const counter = new Counter('a', span);
    counter.add(5, NOW + 40 * DAY);
    t.equal(counter.used(NOW), 0, span);
    t.ok(counter.endsEpochMs(NOW) - NOW <= 31 * DAY);
    counter.add(1, NOW);
    t.equal(counter.used(NOW), 1);
  }
  const [minute, total] = [new Counter('a', 'minute'), new Counter('b', 'total')];
  for (const counter of [minute, total]) counter.add(5, NOW);
  t.equal(minute.used(NOW - 1_000), 5, 'a request that began before loosens no limit');
  t.equal(total.used(NOW - DAY), 5, 'a total has no span');
  t.end();
});

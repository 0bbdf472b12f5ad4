import t from 'tap';
import { Window } from '../../../../plugins/auth/limits/window.ts';

const NOW = 1_800_000_000_000;

t.test('a window begins at nothing with each span of UTC', (t) => {
  const window = new Window('minute');
  window.take(3, NOW + 59_999);
  t.equal(window.used(NOW + 59_999), 3);
  t.equal(window.restMs(NOW + 59_999), 1);
  t.equal(window.used(NOW + 60_000), 0);
  t.end();
});

t.test('what was reserved is replaced by what was used', (t) => {
  const window = new Window('minute');
  const began = window.take(100, NOW);
  window.settle(100, 30, began, NOW + 1_000);
  t.equal(window.used(NOW + 1_000), 30);
  t.end();
});

t.test('of a reservation in a span that is over, only what was used beyond it counts in the next', (t) => {
  for (const [used, counts] of [
    [30, 0],
    [150, 50],
  ] as const) {
    const window = new Window('minute');
    const began = window.take(100, NOW);
    window.take(1, NOW + 60_000);
    window.settle(100, used, began, NOW + 60_000);
    t.equal(window.used(NOW + 60_000), 1 + counts);
  }
  t.end();
});

t.test('what was saved counts in its own span only', (t) => {
  const window = new Window('day');
  window.take(7, NOW);
  const DAY = 86_400_000;
  t.equal(new Window('day', window.saved).used(NOW), 7);
  t.equal(new Window('day', window.saved).used(NOW + DAY), 0);
  t.end();
});

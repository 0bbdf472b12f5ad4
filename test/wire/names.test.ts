import t from 'tap';
import { nearest } from '../../wire/names.ts';

t.test('a suggestion is a name that was probably meant', (t) => {
  const names = ['round-robin', 'p2c', 'least-connections', 'concurrency'];
  t.equal(nearest('least_connection', names), 'least-connections');
  t.equal(nearest('RoundRobin', names), 'round-robin');
  t.equal(nearest('p2x', names), 'p2c');
  t.equal(nearest('concurrecny', names), 'concurrency');
  t.equal(nearest('weights', names), undefined);
  t.end();
});

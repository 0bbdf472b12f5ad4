import t from 'tap';
import { choice, nearest } from '../../wire/names.ts';

t.test('a suggestion is a name that was probably meant', (t) => {
  const names = ['round-robin', 'p2c', 'least-connections', 'concurrency'];
  t.equal(nearest('least_connection', names), 'least-connections');
  t.equal(nearest('RoundRobin', names), 'round-robin');
  t.equal(nearest('p2x', names), 'p2c');
  t.equal(nearest('concurrecny', names), 'concurrency');
  t.equal(nearest('weights', names), undefined);
  t.end();
});

t.test('what is allowed is listed, unless the list is long and a name in it was meant', (t) => {
  const few = ['p2c', 'random'];
  t.equal(choice('p2x', few), " (did you mean 'p2c'?); allowed: 'p2c', 'random'");
  t.equal(
    choice('weights', few, { word: 'allowed here', further: ' or more' }),
    "; allowed here: 'p2c', 'random' or more",
  );
  const many = Array.from({ length: 30 }, (_, at) => `model-number-${at}`);
  t.equal(choice('modle-number-1', many), " (did you mean 'model-number-1'?)");
  t.match(choice('weights', many), /^; allowed: 'model-number-0', /);
  t.end();
});

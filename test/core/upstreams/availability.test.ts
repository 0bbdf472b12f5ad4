import t from 'tap';
import { isGuess, isLastChance, isOpen } from '../../../core/upstreams/availability.ts';
import type { Target } from '../../../core/upstreams/target.ts';
import { NOW, target } from '../dispatch/a-route.ts';

const LATER = NOW + 1_000;
type Make = (one: Target) => void;

const full: Make = ({ concurrency }) => concurrency!.acquire();
const probing: Make = ({ stats }) => stats.circuit.probe(LATER);
const ejected: Make = (one) => one.block('breaker', LATER, '', true);
const paused: Make = (one) => one.block('quota', LATER, '', true);
const refusedKey: Make = (one) => one.blockProvider('key', LATER, '', true);
const asked: Make = (one) => one.block('quota', LATER);
const stopped: Make = (one) => one.blockProvider('stopped', Infinity, '');
const unhealthy: Make = (one) => one.blockProvider('unhealthy', Infinity, '');

const cases: readonly (readonly [makes: readonly Make[], is: ReturnType<Target['availability']>])[] = [
  [[], 'available'],
  [[probing], 'probing'],
  [[full], 'full'],
  [[full, probing], 'full'],
  [[paused], 'paused'],
  [[paused, full], 'paused'],
  [[ejected], 'doubtful'],
  [[refusedKey], 'doubtful'],
  [[ejected, paused, probing], 'doubtful'],
  [[stopped], 'asleep'],
  [[stopped, ejected, paused], 'asleep'],
  [[stopped, asked], 'blocked'],
  [[asked], 'blocked'],
  [[asked, ejected, full], 'blocked'],
  [[unhealthy], 'blocked'],
];

for (const [makes, is] of cases)
  t.test(
    `a target with ${makes.map(({ name }) => name).join(', ') || 'nothing against it'} is ${is}`,
    (t) => {
      const one = target('one', { slots: 1 });
      for (const make of makes) make(one);
      t.equal(one.availability(NOW), is);
      t.equal(isOpen(one, NOW), ['available', 'probing', 'full'].includes(is));
      t.equal(isGuess(one, NOW), ['paused', 'doubtful'].includes(is));
      t.equal(isLastChance(one, NOW, false), isGuess(one, NOW));
      t.equal(isLastChance(one, NOW, true), is === 'paused', 'by name only what is paused');
      t.end();
    },
  );

t.test('reading what is against a target changes nothing; what has lapsed is dropped on request', (t) => {
  const one = target('a');
  one.block('breaker', NOW, 'it failed', true);
  one.blockProvider('quota', NOW, 'it asked for a minute');
  one.block('key', LATER, 'its key was refused');
  t.strictSame([...one.blocks(NOW).keys()], ['key']);
  t.strictSame([...one.blocks(NOW - 1).keys()], ['quota', 'breaker', 'key'], 'they are all still there');
  one.dropLapsed(NOW);
  t.strictSame([...one.blocks(NOW - 1).keys()], ['key']);
  t.end();
});

t.test('what lapses is over at its time', (t) => {
  const one = target('one');
  for (const make of [asked, ejected, probing]) make(one);
  t.equal(one.availability(LATER - 1), 'blocked');
  t.equal(one.availability(LATER), 'available');
  t.end();
});

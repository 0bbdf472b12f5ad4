import t from 'tap';
import type { ProcessChange, ProcessStep } from '../../../core/contracts/index.ts';
import type { Switchyard } from '../../switchyard.ts';
import { switchyardOf, programOf } from './talkers.ts';

t.test('each change and each step of a start is an event of its own gateway', async (t) => {
  const [switchyard, other] = [await switchyardOf(t, { one: {} }), await switchyardOf(t, { one: {} })];
  const heard = listen(switchyard);
  const otherHeard = listen(other);
  await programOf(switchyard, 'one').start('the test wants it');
  await programOf(other, 'one').start('the test wants it');
  await programOf(switchyard, 'one').stop('enough');
  t.strictSame(
    heard.states.map(([name, { state }]) => `${name} ${state}`),
    ['one starting', 'one healthy', 'one stopping', 'one stopped'],
  );
  t.match(heard.states.at(-1)![1], { atEpochMs: Number, reason: 'enough' });
  t.strictSame(
    otherHeard.states.map(([, { state }]) => state),
    ['starting', 'healthy'],
  );
  t.match(heard.steps, [
    ['one', { line: 'starting', sinceEpochMs: Number }],
    ['one', { line: null, sinceEpochMs: Number }],
  ]);
});

function listen({ gateway }: Switchyard) {
  const heard = { states: [] as [string, ProcessChange][], steps: [] as [string, ProcessStep][] };
  const events = gateway.events.subscriber();
  events.onProviderState((name, change) => void heard.states.push([name, change]));
  events.onProviderProgress((name, step) => void heard.steps.push([name, step]));
  return heard;
}

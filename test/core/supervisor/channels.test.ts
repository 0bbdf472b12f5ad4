import t from 'tap';
import {
  processChannel,
  progressChannel,
  type ProcessChanged,
  type Progressed,
} from '../../../core/supervisor/channels.ts';
import { houseOf, programOf } from './talkers.ts';

t.test('each change and each step of a start is an event of its own house', async (t) => {
  const changes: ProcessChanged[] = [];
  const steps: Progressed[] = [];
  const changed = (message: unknown): void => void changes.push(message as ProcessChanged);
  const progressed = (message: unknown): void => void steps.push(message as Progressed);
  processChannel.subscribe(changed);
  progressChannel.subscribe(progressed);
  t.teardown(() => {
    processChannel.unsubscribe(changed);
    progressChannel.unsubscribe(progressed);
  });
  const [house, other] = [await houseOf(t, { one: {} }), await houseOf(t, { one: {} })];
  await programOf(house, 'one').start('the test wants it');
  await programOf(other, 'one').start('the test wants it');
  await programOf(house, 'one').stop('enough');
  const own = changes.filter((change) => change.house === house.yard);
  t.strictSame(
    own.map(({ name, change }) => `${name} ${change.state}`),
    ['one starting', 'one healthy', 'one stopping', 'one stopped'],
  );
  t.match(own.at(-1)!.change, { at: Number, reason: 'enough' });
  t.strictSame(
    changes.filter((change) => change.house === other.yard).map(({ change }) => change.state),
    ['starting', 'healthy'],
  );
  t.match(
    steps.filter((step) => step.house === house.yard),
    [
      { name: 'one', line: 'starting', since: Number },
      { name: 'one', line: null, since: Number },
    ],
  );
});

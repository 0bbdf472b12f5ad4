import { Ajv } from 'ajv';
import t from 'tap';
import { nodesAnswer, restartStep } from '../../../plugins/peers/answers.ts';
import { pair } from './fleet.ts';

const ajv = new Ajv({ allErrors: true });

t.test('what is answered about nodes fits the schema that clients are written by', async (t) => {
  const { asker, owner } = await pair(t);
  const check = ajv.compile(nodesAnswer);
  for (const { ask } of [asker, owner]) {
    const answer = (await ask('/nodes')).json();
    t.ok(check(answer), ajv.errorsText(check.errors));
    t.equal(answer.data.length, 2);
  }
  const { events } = await asker.ask('/nodes/restart', { body: { nodes: ['box'] } });
  t.equal(events.length, 2);
  const step = ajv.compile(restartStep);
  for (const event of events) t.ok(step(JSON.parse(event)), ajv.errorsText(step.errors));
});

import { Ajv } from 'ajv';
import t from 'tap';
import { nodesAnswer } from '../../../plugins/peers/answers.ts';
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
});

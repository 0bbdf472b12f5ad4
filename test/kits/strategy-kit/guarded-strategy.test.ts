import t, { type Test } from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { gatewayInFront, idle, upstream } from '../../in-front.ts';

/** A gateway whose strategy is this one of the test's own: what `create` gives, as source text. */
async function switchyardWith(t: Test, create: string, more: Record<string, unknown> = {}) {
  testFolder(t, {
    'mine.ts': `
      let made = 0;
      export default {
        name: 'mine',
        options: { type: 'object', additionalProperties: false, properties: {} },
        create() { made++; ${create} },
      };`,
  });
  const [one, two] = await Promise.all([upstream(t, 'one'), upstream(t, 'two')]);
  const switchyard = await gatewayInFront(
    t,
    { one, two },
    { route: { strategy: { use: './mine.ts' } }, retry: { again: 0, budget: 1 }, ...more },
  );
  return { switchyard, one, two };
}

const errors = ({ log }: Switchyard): string[] =>
  log.filter((line) => /strategy .*mine\.ts failed/.test(line));

const WRONG: readonly [what: string, create: string, message: RegExp][] = [
  ['pick throws', `return { pick() { throw new Error('oh no'); } };`, /oh no/],
  ['pick throws what is no error', `return { pick() { throw 'oh no'; } };`, /oh no/],
  ['there is no pick', `return {};`, /not a function/],
  ['pick gives what is no target', `return { pick: () => 'one/m' };`, /not a candidate/],
  ['pick gives another target', `return { pick: ([one]) => ({ ...one }) };`, /not a candidate/],
  [
    'pick gives a promise that fails',
    `return { pick: async () => { throw new Error('late'); } };`,
    /a promise/,
  ],
  [
    'create throws, once the gateway runs',
    `if (made > 1) throw new Error('no more'); return { pick: ([one]) => one };`,
    /no more/,
  ],
  [
    'create gives nothing, once the gateway runs',
    `if (made === 1) return { pick: ([one]) => one };`,
    /nothing was made/,
  ],
];

for (const [what, create, message] of WRONG)
  t.test(`${what}: p2c picks, every request is answered, and the failure is reported`, async (t) => {
    const { switchyard, one, two } = await switchyardWith(t, create);
    for (let time = 0; time < 10; time++)
      t.match(await switchyard.chat({ stream: time % 2 === 0 }), { status: 200, broken: false });
    t.equal(one.posts.length + two.posts.length, 10);
    t.ok(one.posts.length > 0 && two.posts.length > 0, 'p2c gives both their share');
    t.match(await switchyard.trace(), {
      strategy: 'p2c',
      attempts: [{ outcome: 'answered' }],
      notes: [{ remark: /^the strategy .*mine\.ts failed \(.*\): p2c picked instead$/ }],
    });
    const told = { model: 'm', use: /mine\.ts$/, standby: 'p2c', message, count: 10 };
    const { failures } = (await switchyard.ask('/config/load-balancing')).json();
    t.match(failures, [told]);
    const health = await switchyard.ask('/health');
    t.equal(health.status, 200);
    t.match(health.json(), { strategy_failures: [told] });
    t.equal(errors(switchyard).length, 1, 'the log is not flooded');
    // Where one fails, the other is tried.
    one.behave('close-before-head');
    for (let time = 0; time < 6; time++) t.equal((await switchyard.chat()).status, 200);
    t.equal((await switchyard.ask('/route?model=m')).status, 200);
    await idle(switchyard);
  });

t.test('learn, peek and close that throw fail no request either', async (t) => {
  const fail = `() => { throw new Error('oh no'); }`;
  const { switchyard, one } = await switchyardWith(
    t,
    `return { pick: ([one]) => one, peek: ${fail}, learn: ${fail}, close: made > 1 ? ${fail} : () => {} };`,
  );
  for (let time = 0; time < 4; time++) t.equal((await switchyard.chat()).status, 200);
  t.equal(one.posts.length, 4, 'it still picks');
  t.match(await switchyard.trace(), { strategy: /mine\.ts$/, attempts: [{ outcome: 'answered' }] });
  const { text } = await switchyard.ask('/metrics');
  t.match(text, /^switchyard_attempts_total\{provider="one",.*outcome="answered".*\} 4$/m);
  t.equal((await switchyard.ask('/route?model=m')).status, 200);
  t.match((await switchyard.ask('/health')).json(), { strategy_failures: [{ message: 'oh no' }] });
  // Its routes are forgotten.
  const change = { method: 'POST' as const, body: { strategy: 'random', model: 'm' } };
  t.equal((await switchyard.ask('/config/load-balancing', change)).status, 200);
  t.equal((await switchyard.chat()).status, 200);
  t.match((await switchyard.trace()).strategy, 'random');
  t.match((await switchyard.ask('/health')).json(), { strategy_failures: [] });
});

t.test('a strategy that fails sometimes is used again for the next request', async (t) => {
  const { switchyard, one } = await switchyardWith(
    t,
    `let nth = 0; return { pick: ([one]) => { if (nth++ % 2 === 0) throw new Error('now'); return one; } };`,
  );
  for (let time = 0; time < 10; time++) t.equal((await switchyard.chat()).status, 200);
  t.ok(one.posts.length >= 5);
  const traces = await switchyard.traces(10);
  t.equal(traces.filter(({ strategy }) => strategy === 'p2c').length, 5);
});

t.test("a hedge's target is picked by p2c where the strategy fails", async (t) => {
  const { switchyard } = await switchyardWith(t, `return { pick() { throw new Error('oh no'); } };`, {
    hedge: { enabled: true, share: 1, minimum: 2, quantile: 0.5 },
  });
  for (let time = 0; time < 20; time++) t.equal((await switchyard.chat()).status, 200);
  await idle(switchyard);
});

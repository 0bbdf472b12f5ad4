import { writeFile } from 'node:fs/promises';
import t from 'tap';
import { supervise } from '../../plugins/supervisor/supervise.ts';
import { ask, switchyardOf, programOf, until } from '../../plugins/supervisor/talkers.ts';
import { testFolder } from '../../test-folder.ts';

t.test('a request that waits for a program goes to another target as soon as that can answer', async (t) => {
  const ready = `${testFolder(t, {})}/ready`;
  const switchyard = await switchyardOf(t, { slow: { env: { READY: ready } }, other: {} });
  const waiting = [1, 2, 3].map(() => ask(switchyard, 'hello'));
  await until(() => programOf(switchyard, 'slow').state === 'starting');
  t.equal(programOf(switchyard, 'other').state, 'stopped', 'one is woken, not all');
  await programOf(switchyard, 'other').start('the test wants it');
  for (const { status, json } of await Promise.all(waiting)) {
    t.equal(status, 200);
    t.match(json().choices[0].message.content, /^other /);
  }
  t.equal(programOf(switchyard, 'slow').state, 'starting', 'its start goes on');
  await writeFile(ready, '');
  await until(() => programOf(switchyard, 'slow').state === 'healthy');
  t.match((await ask(switchyard, 'hello')).json().choices[0].message.content, /^slow /);
});

t.test('where a program cannot start the next one is started', async (t) => {
  const switchyard = await switchyardOf(t, { broken: { command: ['/nowhere/program'] }, other: {} });
  const { status, json } = await ask(switchyard, 'hello');
  t.equal(status, 200);
  t.match(json().choices[0].message.content, /^other /);
});

t.test('where none can start, the error names the first of them', async (t) => {
  const switchyard = await switchyardOf(t, {
    broken: { command: ['/nowhere/program'] },
    another: { command: ['/nowhere/else'] },
  });
  t.match((await ask(switchyard, 'hello')).json().error, {
    code: 'process_failed',
    message: /^broken could not be run/,
  });
});

t.test('a full queue starts a sleeping program, rather than refuse', async (t) => {
  const busy = { concurrency: 1, timeouts: { queue: '200ms' } };
  const switchyard = await switchyardOf(t, { busy, other: {} });
  await programOf(switchyard, 'busy').start('the test wants it');
  switchyard.gateway.upstreams.get('busy')!.concurrency!.acquire();
  const { status, json } = await ask(switchyard, 'hello');
  t.equal(status, 200);
  t.match(json().choices[0].message.content, /^other /);
});

t.test('where that cannot start either, the error is the full queue', async (t) => {
  const busy = { concurrency: 1, timeouts: { queue: '200ms' } };
  const switchyard = await switchyardOf(t, { busy, broken: { command: ['/nowhere/program'] } });
  await programOf(switchyard, 'busy').start('the test wants it');
  switchyard.gateway.upstreams.get('busy')!.concurrency!.acquire();
  const { status, headers, json } = await ask(switchyard, 'hello');
  t.match({ status, after: headers['retry-after'] }, { status: 503, after: /^\d$/ });
  t.equal(json().error.code, 'queue_timeout');
});

t.test('the number of requests that wait for one program is bounded', async (t) => {
  const { one } = supervise(t, 'silent');
  const enough = new AbortController();
  const waiting = Array.from({ length: 256 }, () => one.ready(enough.signal));
  await t.rejects(one.ready(enough.signal), {
    code: 'queue_full',
    message: /^stand-in is \w+, and 256 requests wait for it already/,
  });
  enough.abort(new Error('enough'));
  const outcomes = await Promise.allSettled(waiting);
  t.ok(outcomes.every(({ status }) => status === 'rejected'));
  const [late] = await Promise.allSettled([one.ready(AbortSignal.abort(new Error('late')))]);
  t.match(late, { reason: { message: 'late' } }, 'a disconnect makes room');
});

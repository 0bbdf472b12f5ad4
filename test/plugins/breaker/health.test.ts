import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { slowStartShare } from '../../../kits/strategy-kit/slow-start.ts';
import type { Switchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';
import { startUpstream, type Upstream } from '../../upstream/upstream.ts';
import { gatewayInFront, post, targetOf, until, upstream } from '../../in-front.ts';

const NOW = 1_800_000_000_000;

async function start(t: Test, names: readonly string[], config: Record<string, unknown> = {}) {
  const upstreams: Record<string, Upstream> = {};
  for (const name of names) upstreams[name] = await upstream(t, name);
  let now = NOW;
  const injected = { now: () => now, random: () => 0.5 };
  const switchyard = await gatewayInFront(t, upstreams, config, injected);
  return { switchyard, upstreams, now: () => now, pass: (ms: number) => void (now += ms) };
}

async function statuses(switchyard: Switchyard, count: number): Promise<number[]> {
  const all = [];
  for (let asked = 0; asked < count; asked++) all.push((await switchyard.chat()).status);
  return all;
}

const isOut = (switchyard: Switchyard, name: string): boolean =>
  targetOf(switchyard, name).stats.blocks.has('breaker');
const look = ({ method, path }: Received): boolean => method === 'GET' && path.endsWith('/models');

t.test('a target that fails half of the time is blocked, though never three times in a row', async (t) => {
  const breaker = { rate: 0.5, window: '30s', minimum: 6, look: 0 };
  const { switchyard, upstreams, pass } = await start(t, ['one', 'two'], { breaker });
  const one = upstreams['one']!;
  let nth = 0;
  one.behaveWhen((request) => post(request) && nth++ % 2 === 0, 'status-500');
  const triesUntil = async (enough: () => boolean): Promise<number> => {
    const before = one.posts.length;
    while (!enough() && one.posts.length < before + 20) t.equal((await switchyard.chat()).status, 200);
    return one.posts.length - before;
  };
  await triesUntil(() => one.posts.length === 4);
  t.notOk(isOut(switchyard, 'one'), 'two of four say nothing yet');
  pass(30_000);
  const tries = await triesUntil(() => isOut(switchyard, 'one'));
  t.ok(tries === 6 || tries === 7, `a new window counts again: out after ${tries}`);
});

t.test(
  'when more than half are blocked and the rest is busy, health is ignored and no request fails',
  async (t) => {
    const breaker = { failures: 1, first: '1h', longest: '1h', look: 0 };
    const only = { three: { concurrency: 2 } };
    const { switchyard, upstreams } = await start(t, ['one', 'two', 'three'], {
      breaker,
      only,
      retry: { budget: 0.2 },
    });
    upstreams['one']!.behave('status-500');
    await statuses(switchyard, 6);
    t.equal(upstreams['one']!.posts.length, 1, 'one of three is blocked, and gets no request');
    upstreams['two']!.behave('status-500');
    t.strictSame(await statuses(switchyard, 40), Array(40).fill(200));
    t.ok(upstreams['one']!.posts.length <= 2, 'two of three, and the third bears it');
    const remarks = ((await switchyard.trace()) as { notes: { remark?: string }[] }).notes.map(
      ({ remark }) => remark,
    );
    t.ok(
      remarks.includes(
        'more than half of the targets are blocked for their health, the others have enough capacity',
      ),
    );
    // Many more than the retry budget lets through.
    upstreams['three']!.behave('slow-first-byte', { delay: 20 });
    const all = (await Promise.all(Array.from({ length: 9 }, () => statuses(switchyard, 10)))).flat();
    t.strictSame(
      all.filter((status) => status !== 200),
      [],
    );
    t.ok(upstreams['one']!.posts.length > 10, 'it has no room: both are asked again');
    const traces = (await switchyard.traces(90)) as { notes: { remark?: string }[] }[];
    const said = traces.flatMap(({ notes }) => notes.map(({ remark }) => remark));
    t.ok(said.includes('more than half of the targets are blocked for their health, so that is ignored'));
    upstreams['one']!.behave('ok');
    await Promise.all(Array.from({ length: 9 }, () => statuses(switchyard, 3)));
    t.notOk(isOut(switchyard, 'one'), 'a good answer puts it in again');
  },
);

t.test('unreachable targets stay blocked, however many they are', async (t) => {
  const { switchyard, upstreams } = await start(t, ['one', 'two', 'three'], {
    breaker: { first: '1h', longest: '1h', look: 0 },
  });
  await upstreams['one']!.close();
  await upstreams['two']!.close();
  await statuses(switchyard, 30);
  const traces = (await switchyard.traces(28)) as { attempts: unknown[] }[];
  t.ok(traces.every(({ attempts }) => attempts.length === 1));
});

t.test('a recovered target begins with a tenth of its share', async (t) => {
  const { switchyard, upstreams, now, pass } = await start(t, ['one', 'two'], {
    breaker: { failures: 1, look: 0 },
  });
  const { stats } = targetOf(switchyard, 'one');
  upstreams['one']!.behaveOnce('status-500');
  await statuses(switchyard, 2);
  pass(1_000);
  await statuses(switchyard, 2);
  t.notOk(isOut(switchyard, 'one'));
  t.equal(slowStartShare(stats, now(), 10_000), 1);
  pass(5_000);
  t.equal(slowStartShare(stats, now(), 10_000), 5);
  pass(5_000);
  t.equal(slowStartShare(stats, now(), 10_000), 10);
});

t.test('a reset unblocks a target at once', async (t) => {
  const { switchyard, upstreams } = await start(t, ['one', 'two'], {
    breaker: { failures: 1, first: '1h', longest: '1h' },
  });
  upstreams['one']!.behaveOnce('status-500');
  await statuses(switchyard, 4);
  t.ok(isOut(switchyard, 'one'));
  const { status, json } = await switchyard.ask('/targets/one/m/reset', { method: 'POST' });
  t.equal(status, 200);
  t.match(json(), { target: 'one/m', lifted: ['breaker'], out: [], success: true });
  await statuses(switchyard, 2);
  t.equal(upstreams['one']!.posts.length, 2);
  t.equal((await switchyard.ask('/targets/one%2Fm/reset', { method: 'POST' })).status, 200);
  const unknown = await switchyard.ask('/targets/unknown/reset', { method: 'POST' });
  t.match(unknown, { status: 404 });
  t.match(unknown.json().error, { code: 'target_not_found', message: /there are: one\/m, two\/m/ });
});

t.test('an unreachable target is checked, and used again without a lost request', async (t) => {
  const { switchyard, upstreams } = await start(t, ['one', 'two'], {
    breaker: { first: '1h', longest: '1h', look: '60ms' },
  });
  const { port } = upstreams['one']!;
  await upstreams['one']!.close();
  await statuses(switchyard, 4);
  t.ok(isOut(switchyard, 'one'));
  await sleep(100);
  t.ok(isOut(switchyard, 'one'), 'checked, and not reachable');
  const back = await startUpstream({ name: 'one', port });
  t.teardown(() => back.close());
  await back.seen(1, look);
  await until(
    () => !isOut(switchyard, 'one'),
    () => 'in again',
  );
  t.equal(back.requests.filter(post).length, 0, 'no request of a client was spent on that');
  t.strictSame(await statuses(switchyard, 4), [200, 200, 200, 200]);
  t.equal(back.requests.filter(post).length, 2);
  const looks = back.requests.filter(look).length;
  await sleep(100);
  t.equal(back.requests.filter(look).length, looks, 'the checks have stopped');
});

t.test('when no target is healthy, the retry budget holds: an outage is no retry storm', async (t) => {
  const { switchyard, upstreams } = await start(t, ['one', 'two', 'three']);
  await statuses(switchyard, 6);
  for (const each of Object.values(upstreams)) each.behave('status-503');
  const before = sent(upstreams);
  t.strictSame([...new Set(await statuses(switchyard, 200))], [503]);
  const tries = sent(upstreams) - before;
  // One each, a fifth more, and what a quiet gateway has in reserve.
  t.ok(tries <= 200 + 40 + 20 + 20, `${tries} tries for 200 requests`);
});

const sent = (upstreams: Record<string, Upstream>): number =>
  Object.values(upstreams).reduce((sum, { posts }) => sum + posts.length, 0);

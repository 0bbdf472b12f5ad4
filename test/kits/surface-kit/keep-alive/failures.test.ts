import { once } from 'node:events';
import t from 'tap';
import { manualUpstream, Caller, EVENTS, type ManualUpstream } from '../../../core/manual-upstream.ts';
import { errorOf, gatewayInFront, surfaceNames, until } from '../../../in-front.ts';
import { PING, REST, ROLE, sse, start, startTwo, timeouts, withoutComments } from './silent-upstream.ts';

t.jobs = 4;

t.test('after comments another target still has its chance', async (t) => {
  const { switchyard, one, two } = await startTwo(t);
  const failures: ((asked: Awaited<ReturnType<ManualUpstream['asked']>>) => void)[] = [
    (asked) => asked.destroy(),
    (asked) => asked.writeHead(503).end('{"error":{"message":"full"}}'),
    (asked) => asked.writeHead(200, EVENTS).end(ROLE),
    (asked) => asked.writeHead(200, EVENTS).end(ROLE + sse({ error: { message: 'no memory' } })),
    (asked) => asked.writeHead(200, { 'content-type': 'application/json' }).end('{"error":{"message":"x"}}'),
  ];
  for (const [nth, fails] of failures.entries()) {
    const caller = new Caller(switchyard);
    const asked = await one.asked(nth);
    await caller.hears(PING);
    fails(asked);
    const other = await two.asked(nth);
    const before = caller.said;
    await until(
      () => caller.said.length > before.length,
      () => 'a comment while the second is asked',
    );
    other.writeHead(200, EVENTS).end(ROLE + REST);
    const said = await caller.whole();
    t.equal(withoutComments(said), withoutComments(ROLE + REST), `failure ${nth}`);
    t.match(said, /: x-switchyard-attempts: 2\n/);
    t.match(said, /: x-switchyard-provider: two\n/);
    t.match(await switchyard.trace(), {
      ending: 'complete',
      attempts: [{ provider: 'one' }, { provider: 'two' }],
    });
  }
});

const REFUSAL = { error: { message: 'too many', type: 'requests', param: null, code: 'slow_down' } };

const FAILURES = [
  ['a broken connection', 'upstream_reset', (asked) => asked.destroy()],
  ['a refusal', 'slow_down', (asked) => asked.writeHead(429).end(JSON.stringify(REFUSAL, null, 2))],
  ['a page', 'upstream_status', (asked) => asked.writeHead(502).end('<html>\nbad gateway</html>')],
  ['a redirect', 'upstream_status', (asked) => asked.writeHead(302, { location: '/login' }).end()],
  ['an error in a 200', 'upstream_error', (asked) => asked.writeHead(200).end(JSON.stringify(REFUSAL))],
  ['an empty stream', 'upstream_empty', (asked) => asked.writeHead(200, EVENTS).end('data: [DONE]\n\n')],
] as const satisfies readonly (readonly [
  string,
  string,
  (asked: Awaited<ReturnType<ManualUpstream['asked']>>) => void,
])[];

for (const surface of surfaceNames) {
  t.test(`${surface}: a failure after comments is the last event of the stream`, async (t) => {
    const { switchyard, one } = await start(t);
    for (const [nth, [what, code, fails]] of FAILURES.entries()) {
      const caller = new Caller(switchyard, surface);
      const asked = await one.asked(nth);
      await caller.hears(PING);
      fails(asked);
      const said = await caller.whole();
      t.match(errorOf(said), { code, message: /./ }, what);
      t.match(said, surface === 'responses' ? /\n\nevent: error\ndata: .*\n\n$/ : /\n\ndata: .*\n\n$/, what);
      t.notMatch(said, /\[DONE\]|finish_reason|completed/, what);
      if (code === 'slow_down') t.strictSame(errorOf(said), REFUSAL.error, 'in its own words');
      const reason = code === 'slow_down' ? 'upstream_status' : code;
      t.match(await switchyard.trace(), { ending: 'error', status: 200, reason }, what);
    }
  });
}

t.test('a timeout after comments is an event of the stream', async (t) => {
  const { switchyard, one } = await start(t, { timeouts: { ...timeouts, firstByte: '300ms' } });
  const caller = new Caller(switchyard);
  const asked = await one.asked(0);
  const left = once(asked, 'close');
  const said = await caller.whole();
  t.match(said, PING);
  t.match(errorOf(said), { code: 'first_byte_timeout' });
  await left;
});

t.test(
  'a gateway that stops sends an error: in a stream that has begun, otherwise as a status',
  async (t) => {
    const [one, two] = [await manualUpstream(t), await manualUpstream(t)];
    const target = (provider: string) => ({ strategy: { use: 'round-robin' }, targets: [{ provider }] });
    const models = { m: target('one'), quiet: { ...target('two'), timeouts: { keepalive: '1h' } } };
    const switchyard = await gatewayInFront(t, { one, two }, { timeouts, models });
    const pinged = new Caller(switchyard);
    const quiet = new Caller(switchyard, 'chat', { model: 'quiet' });
    await Promise.all([one.asked(0), two.asked(0)]);
    await pinged.hears(PING);
    switchyard.gateway.endAll();
    t.equal((await quiet.opened()).statusCode, 503);
    t.match(errorOf(await pinged.whole()), { code: 'shutting_down' });
  },
);

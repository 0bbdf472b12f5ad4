import t from 'tap';
import { KEYS, startBedrock } from '../../providers/fake-bedrock.ts';
import { startSwitchyard } from '../../switchyard.ts';
import type { Received } from '../../upstream/received.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import { bytesFrom, gatewayInFront, post, until, upstream } from '../../in-front.ts';

const breaker = { failures: 1, first: '100ms', longest: '400ms' };
const isCanary = (body: Buffer): boolean => JSON.parse(body.toString()).max_tokens === 1;

t.test('a blocked target gets a one-token canary, and no request before it answers', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(t, { one, two }, { breaker: { ...breaker, canary: true } });
  const ask = async () => (await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false })).status;
  one.behave('status', { code: 500 });
  for (let nth = 0; nth < 2; nth++) t.equal(await ask(), 200);
  await one.seen(4, post);
  for (let nth = 0; nth < 10; nth++) t.equal(await ask(), 200);
  const callers = one.posts.filter(({ body }) => !isCanary(body));
  t.equal(callers.length, 1, 'one request found out that it fails, and no other');
  t.match((await switchyard.trace()).candidates[0].out[0], /asked for one token/);
  one.behave('ok');
  await until(
    () => switchyard.gateway.upstreams.get('one')!.target('m').stats.blocks.size === 0,
    () => 'back after its canary has answered',
  );
  for (let nth = 0; nth < 2; nth++) t.equal(await ask(), 200);
  t.ok(one.posts.filter(({ body }) => !isCanary(body)).length > 1, 'it has its share again');
});

t.test("a canary counts in the provider's concurrency", async (t) => {
  const one = await upstream(t, 'one');
  const each = { concurrency: 1, models: { m: 'm', m2: 'm2' } };
  const switchyard = await gatewayInFront(t, { one }, { each, breaker: { ...breaker, canary: true } });
  const ofModel =
    (name: string) =>
    (request: Received): boolean =>
      post(request) && JSON.parse(request.body.toString()).model === name;
  one.behaveWhen(ofModel('m'), 'status', { code: 500 });
  one.behaveWhen(ofModel('m2'), 'slow-first-byte', { delay: 700 });
  t.equal((await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false })).status, 500);
  t.equal((await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false, model: 'm2' })).status, 200);
  const before = one.posts.filter(({ body }) => isCanary(body)).length;
  t.equal(before, 0, 'while the one place is taken, it waits');
  await until(
    () => one.posts.some(({ body }) => isCanary(body)),
    () => 'asked for one token once there is room',
  );
});

t.test('a canary is asked in the API that the target has', async (t) => {
  const bedrock = await startBedrock(t);
  const own = { region: 'us-west-2', baseUrl: bedrock.url, ...KEYS, models: { m: 'claude' } };
  const switchyard = await startSwitchyard(t, {
    breaker: { ...breaker, canary: true },
    retry: { again: 0 },
    providers: { bedrock: own },
  });
  bedrock.say({ status: 500, json: { message: 'no' } });
  t.equal((await switchyard.chat({ model: 'm' })).status, 500);
  await until(
    () => bedrock.asked.length > 1,
    () => 'asked for one token',
  );
  t.match(bedrock.asked[1], {
    isSigned: true,
    path: '/model/claude/converse',
    body: { messages: [{ role: 'user' }], inferenceConfig: { maxTokens: 1 } },
  });
});

t.test('without the option no canary is sent', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await startUpstream({ name: 'two' })];
  t.teardown(() => two.close());
  const switchyard = await gatewayInFront(t, { one, two }, { breaker });
  one.behave('status', { code: 500 });
  for (let nth = 0; nth < 6; nth++) await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: false });
  t.strictSame(
    one.posts.filter(({ body }) => isCanary(body)),
    [],
  );
});

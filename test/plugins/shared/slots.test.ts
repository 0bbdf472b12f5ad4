import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import t, { type Test } from 'tap';
import { startCommand } from '../../command.ts';
import { frozen, met, openFleet, until } from '../../fleet.ts';
import { noRedis, redisServer, type RedisServer } from '../../redis.ts';
import { testFolder } from '../../test-folder.ts';

const skip = noRedis;

/** A model server that answers when it is told to, and knows the most requests that it has had at once. */
async function modelServer(t: Test) {
  const open = new Set<ServerResponse>();
  const seen = { most: 0, answered: 0 };
  const server = createServer(async (request, response) => {
    await request.toArray();
    if (request.method !== 'POST') return void response.end('{"data":[]}');
    open.add(response);
    seen.most = Math.max(seen.most, open.size);
    response.on('close', () => open.delete(response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const message = { role: 'assistant', content: 'hi' };
  const answer = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'stop' }] });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    open,
    /** Answers the one that came first. */
    answer(): void {
      const [first] = open;
      if (!first) return;
      open.delete(first);
      seen.answered++;
      first.setHeader('content-type', 'application/json').end(answer);
    },
  };
}

const configOf = (url: string, concurrency: number) => ({
  providers: {
    lab: { use: 'openai-compatible', baseUrl: url, apiKey: 'k', models: { m: 'm' }, concurrency },
  },
  timeouts: { queue: '5m' },
});

t.test(
  'no more requests than its concurrency reach a provider from all gateways together',
  { skip, timeout: 300_000 },
  async (t) => {
    const server = await modelServer(t);
    const { gateways } = await openFleet(t, configOf(server.url, 4), { count: 3 });
    const answered = [0, 0, 0];
    const all = gateways.flatMap((gateway, at) =>
      Array.from({ length: 20 }, async () => {
        const { status } = await gateway.chat();
        answered[at]! += 1;
        return status;
      }),
    );
    // As many as there may be at once, before the first of them is over.
    await until(() => server.open.size === 4);
    const early = [0, 0, 0];
    const timer = setInterval(() => {
      server.answer();
      if (server.seen.answered === 30) early.splice(0, 3, ...answered);
    }, 5);
    const statuses = await Promise.all(all);
    clearInterval(timer);
    t.equal(statuses.filter((status) => status === 200).length, 60);
    t.equal(server.seen.most, 4, 'never more, and all of them used');
    t.ok(Math.min(...early) > 0, `each has its turns: ${early.join(', ')} of the first half`);
  },
);

t.test(
  'a slot that is idle at one gateway is used by another, and a request alone waits for none',
  { skip, timeout: 300_000 },
  async (t) => {
    const server = await modelServer(t);
    const { gateways } = await openFleet(t, configOf(server.url, 2));
    const [one, two] = gateways;
    const held = [two.chat(), two.chat()];
    await until(() => server.open.size === 2);
    const waits = one.chat();
    await until(() => one.gateway.upstreams.named('lab').concurrency?.waiting === 1);
    server.answer();
    await until(() => server.open.size === 2);
    t.equal(server.seen.most, 2);
    server.answer();
    server.answer();
    t.strictSame(
      (await Promise.all([...held, waits])).map(({ status }) => status),
      [200, 200, 200],
    );
  },
);

t.test('slots of a gateway that is killed are free again', { skip, timeout: 300_000 }, async (t) => {
  const server = await modelServer(t);
  const redis: RedisServer = await redisServer(t);
  const shared = { use: 'redis', url: redis.url };
  const command = startCommand(t, {
    config: {
      ...configOf(server.url, 2),
      server: { port: 0 },
      discover: false,
      home: testFolder(t),
      shared,
    },
  });
  const url = await command.url;
  const { gateways } = await openFleet(t, configOf(server.url, 2), { redis, count: 1 });
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  const headers = { 'content-type': 'application/json' };
  const cut = [1, 2].map(() =>
    fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers }).catch(() => undefined),
  );
  await until(() => server.open.size === 2);
  const waits = gateways[0].chat();
  await until(() => gateways[0].gateway.upstreams.named('lab').concurrency?.waiting === 1);
  command.child.kill('SIGKILL');
  await Promise.all(cut);
  await until(() => server.open.size === 1);
  server.answer();
  t.equal((await waits).status, 200);
  t.equal(server.seen.most, 2);
});

t.test('without Redis each gateway has its share of the slots', { skip, timeout: 300_000 }, async (t) => {
  const server = await modelServer(t);
  const { redis, gateways } = await openFleet(t, configOf(server.url, 5));
  await met(gateways);
  await frozen(redis, async () => {
    for (const gateway of gateways)
      await until(async () => (await gateway.ask('/health')).json().limits_problem !== null);
    const all = gateways.flatMap((gateway) => Array.from({ length: 4 }, () => gateway.chat()));
    await until(() => server.open.size === 5);
    const waiting = () =>
      gateways.map(({ gateway }) => gateway.upstreams.named('lab').concurrency?.waiting ?? 0);
    await until(() => waiting().reduce((sum, one) => sum + one, 0) === 3);
    t.strictSame(waiting().toSorted(), [1, 2]);
    const timer = setInterval(() => server.answer(), 5);
    for (const { status } of await Promise.all(all)) t.equal(status, 200);
    clearInterval(timer);
    t.equal(server.seen.most, 5);
  });
});

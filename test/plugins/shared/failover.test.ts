import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { met, openFleet, until } from '../../fleet.ts';
import { upstream } from '../../in-front.ts';
import { noRedis, redisServer, type RedisServer } from '../../redis.ts';
import type { Switchyard } from '../../switchyard.ts';

const skip = noRedis;
const timeout = 180_000;
const portOf = ({ url }: RedisServer): number => Number(new URL(url).port);

/** An address that leads to a Redis, and later to another one: what is connected stays where it is. */
async function address(t: Test, first: RedisServer) {
  const state = { leadsTo: first };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    const redis = connect(portOf(state.leadsTo), '127.0.0.1');
    for (const [one, other] of [
      [socket, redis],
      [redis, socket],
    ] as const) {
      sockets.add(one);
      one.on('data', (bytes) => other.write(bytes));
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    state,
    /** Nothing comes through what is connected now, and it is not closed. */
    silence(): void {
      for (const socket of sockets) socket.removeAllListeners('data').on('data', () => undefined);
    },
  };
}

async function fleet(t: Test) {
  const [redis, lab] = await Promise.all([redisServer(t), upstream(t, 'lab', { interval: 0 })]);
  const front = await address(t, redis);
  const config = {
    providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
    auth: { limits: { all: { requests: { total: 10 } } } },
  };
  const { gateways } = await openFleet(t, config, { redis: { ...redis, url: front.url } });
  await met(gateways);
  for (const gateway of [...gateways, ...gateways]) t.equal((await gateway.chat()).status, 200);
  return { redis, front, lab, gateways };
}

const problemOf = async (gateway: Switchyard): Promise<string | null> =>
  (await gateway.ask('/health')).json().limits_problem;

/** Both share the rest of the limit again, and hear each other. */
async function goOn(t: Test, redis: RedisServer, { gateways, lab }: Awaited<ReturnType<typeof fleet>>) {
  for (const gateway of gateways) await until(async () => (await problemOf(gateway)) === null);
  await until(async () =>
    (await redis.ask('PUBSUB', 'NUMSUB', 'switchyard:parts:recall')).includes(':2\r\n'),
  );
  await until(async () => {
    for (const gateway of gateways) await gateway.chat();
    return lab.posts.length >= 10;
  });
  for (const gateway of gateways) t.equal((await gateway.chat()).status, 429);
  t.equal(lab.posts.length, 10);
}

t.test(
  'after a failover gateways go on with the new primary, though the old one still holds their connections',
  { skip, timeout },
  async (t) => {
    const all = await fleet(t);
    const { redis: old, front } = all;
    const next = await redisServer(t);
    await next.ask('REPLICAOF', '127.0.0.1', String(portOf(old)));
    await until(async () => (await next.ask('INFO', 'replication')).includes('master_link_status:up'));
    await next.ask('REPLICAOF', 'NO', 'ONE');
    front.state.leadsTo = next;
    await old.ask('REPLICAOF', '127.0.0.1', String(portOf(next)));
    // At once: each says it for some seconds only.
    await Promise.all(
      all.gateways.map((gateway) =>
        until(async () => (await problemOf(gateway))?.includes('READONLY') === true),
      ),
    );
    await goOn(t, next, all);
  },
);

t.test(
  'connections through which nothing comes any more, and that do not end, are replaced',
  { skip, timeout },
  async (t) => {
    const all = await fleet(t);
    all.front.silence();
    await Promise.all(all.gateways.map((gateway) => until(async () => (await problemOf(gateway)) !== null)));
    await goOn(t, all.redis, all);
  },
);

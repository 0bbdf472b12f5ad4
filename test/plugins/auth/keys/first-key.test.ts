import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { until } from '../../../fleet.ts';
import { upstream } from '../../../in-front.ts';
import { noPostgres, postgresServer } from '../../../postgres.ts';
import { startSwitchyard, type Answer, type Switchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import type { Received } from '../../../upstream/received.ts';
import type { Upstream } from '../../../upstream/upstream.ts';

const skip = noPostgres;
const timeout = 180_000;
const admin = { headers: { authorization: 'Bearer admin-key-number-one' } };
const isPost = ({ method }: Received): boolean => method === 'POST';

const start = (t: Test, url: string, lab: Upstream, config: object = {}): Promise<Switchyard> =>
  startSwitchyard(t, {
    home: testFolder(t, {}),
    store: { use: 'postgres', url },
    providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k' } },
    ...config,
  });

const chat = (gateway: Switchyard, key: string): Promise<Answer> =>
  gateway.chat({ model: 'm' }, { headers: { authorization: `Bearer ${key}` } });

/** PostgreSQL through a socket that can be cut, for one gateway alone. */
async function cuttable(t: Test, url: string) {
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(one);
          other.destroy();
        });
      one.pipe(other);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    isCut = true;
    for (const socket of open) socket.destroy();
  };
  t.teardown(() => {
    cut();
    server.close();
  });
  const { port: near } = server.address() as AddressInfo;
  return { url: url.replace(port, String(near)), cut, mend: () => void (isCut = false) };
}

t.test(
  'a gateway that has heard that there is no key stays open while it cannot hear of the first one',
  { skip, timeout },
  async (t) => {
    const [postgres, lab] = await Promise.all([postgresServer(t), upstream(t, 'lab', { interval: 0 })]);
    const link = await cuttable(t, postgres.url);
    const one = await start(t, postgres.url, lab);
    const two = await start(t, link.url, lab);
    const admins = await start(t, link.url, lab, { server: { adminKeys: ['admin-key-number-one'] } });
    const status = async (gateway: Switchyard): Promise<number> =>
      (await gateway.chat({ model: 'm' })).status;
    for (const gateway of [one, two, admins]) t.equal(await status(gateway), 200, 'there is no key');
    link.cut();
    for (const gateway of [two, admins]) {
      await until(async () => (await gateway.ask('/health', admin)).json().store.problem !== null);
      t.equal(await status(gateway), 200, 'it goes on with what it knows');
      t.equal((await gateway.ask('/health/ready')).status, 200);
    }
    const key = (await one.ask('/keys', { body: { name: 'root', role: 'admin' } })).json().key as string;
    t.equal(await status(one), 401);
    link.mend();
    for (const gateway of [two, admins]) {
      await until(async () => (await status(gateway)) === 401);
      t.equal((await chat(gateway, key)).status, 200);
    }
  },
);

t.test(
  'a gateway that starts without PostgreSQL is open once it has heard that there is no key',
  { skip, timeout },
  async (t) => {
    const [postgres, lab] = await Promise.all([postgresServer(t), upstream(t, 'lab', { interval: 0 })]);
    await postgres.kill();
    const gateway = await start(t, postgres.url, lab);
    t.equal((await gateway.chat()).status, 503);
    t.equal(lab.requests.filter(isPost).length, 0);
    const keyed = await start(t, postgres.url, lab, { server: { apiKeys: ['key-number-one'] } });
    t.equal((await chat(keyed, 'key-number-one')).status, 200, 'a key of the config needs no PostgreSQL');
    t.equal((await keyed.ask('/health/ready')).status, 200);
    await postgres.start();
    await until(async () => (await gateway.chat()).status === 200);
    t.equal((await gateway.ask('/health/ready')).status, 200);
  },
);

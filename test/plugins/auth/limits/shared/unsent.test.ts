/** What limits have counted while Redis was lost is not forgotten with the gateway. */
import { mkdirSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startCommand } from '../../../../command.ts';
import { until } from '../../../../fleet.ts';
import { upstream } from '../../../../in-front.ts';
import { noRedis, redisServer } from '../../../../redis.ts';
import type { Parsed } from '../../../../switchyard.ts';
import { testFolder } from '../../../../test-folder.ts';

const skip = noRedis;
const timeout = 300_000;
const LIMITS = { all: { requests: { total: 1_000 } }, few: { requests: { total: 8 } } };

async function parts(t: Test, limits: object) {
  const [redis, lab] = await Promise.all([redisServer(t), upstream(t, 'lab', { interval: 0 })]);
  const home = join(testFolder(t), 'home');
  mkdirSync(home);
  const start = async () => {
    const command = startCommand(t, {
      config: {
        server: { port: 0 },
        discover: false,
        home,
        providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
        shared: { use: 'redis', url: redis.url },
        auth: { limits },
      },
    });
    const url = await command.url;
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
    const headers = { 'content-type': 'application/json' };
    const chat = async () =>
      (await fetch(`${url}/v1/chat/completions`, { method: 'POST', body, headers })).status;
    const json = async (path: string) => (await (await fetch(url + path)).json()) as Parsed;
    const used = async (): Promise<number> => (await json('/limits')).data[0].used[0]?.used ?? 0;
    const isLost = async (): Promise<boolean> => (await json('/health')).limits_problem !== null;
    return { child: command.child, ended: command.ended, chat, used, isLost };
  };
  const folder = join(home, 'limits-unsent');
  const files = async () => {
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json'));
    return Promise.all(
      names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
    );
  };
  const hasKept = (count: number) =>
    until(async () => (await files()).some(({ text }) => text.includes(`"used":${count},`)));
  const hasMet = () =>
    until(async () =>
      (await readFile(join(home, 'fleet.json'), 'utf8').catch(() => '')).includes('"nodes":1'),
    );
  return { redis, folder, files, start, hasKept, hasMet };
}

t.test(
  'a gateway is killed before Redis is back: its next start tells it, once',
  { skip, timeout },
  async (t) => {
    const { redis, folder, files, start, hasKept } = await parts(t, { all: LIMITS.all });
    let gateway = await start();
    t.equal(await gateway.chat(), 200);
    const before = Number(/^\$\d+\r\n(\d+)/.exec(await redis.ask('GET', 'switchyard:used:x'))?.[1] ?? 0);
    t.equal(before, 0);
    redis.process.kill('SIGKILL');
    await until(gateway.isLost);
    for (let nth = 0; nth < 30; nth++) t.equal(await gateway.chat(), 200);
    await hasKept(31);
    const [kept] = await files();
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    await redis.restart();
    gateway = await start();
    await until(async () => (await files()).length === 0);
    await until(async () => !(await gateway.isLost()));
    t.equal(await gateway.chat(), 200);
    const parted = await gateway.used();
    t.ok(parted >= 32, `${parted}`);
    // It was told, and killed before it removed the file.
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    await writeFile(join(folder, kept!.name), kept!.text);
    gateway = await start();
    await until(async () => (await files()).length === 0);
    t.equal(await gateway.chat(), 200);
    await until(async () => (await gateway.used()) >= 33);
    t.equal(await gateway.used(), 33);
  },
);

t.test(
  'a gateway that starts again without Redis has no more than what is left of its share',
  { skip, timeout },
  async (t) => {
    const { redis, start, hasKept, files, hasMet } = await parts(t, { few: LIMITS.few });
    let gateway = await start();
    await hasMet();
    t.equal(await gateway.chat(), 200);
    redis.process.kill('SIGKILL');
    await until(gateway.isLost);
    for (let nth = 0; nth < 4; nth++) t.equal(await gateway.chat(), 200);
    await hasKept(5);
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    gateway = await start();
    for (let nth = 0; nth < 3; nth++) t.equal(await gateway.chat(), 200);
    t.equal(await gateway.chat(), 429);
    await hasKept(3);
    gateway.child.kill('SIGTERM');
    await gateway.ended;
    await redis.restart();
    gateway = await start();
    await until(async () => (await files()).length === 0);
    t.equal(await gateway.chat(), 429);
    t.equal(await gateway.used(), 8);
  },
);

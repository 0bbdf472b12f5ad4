import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { startCommand } from '../../../command.ts';
import { upstream } from '../../../in-front.ts';
import { noPostgres, postgresServer } from '../../../postgres.ts';
import { testFolder } from '../../../test-folder.ts';

const skip = noPostgres;
const timeout = 180_000;
const KEY = 'the-key-of-this-test';

/** Gateways as processes of their own, with the same PostgreSQL. */
async function fleet(t: Test) {
  const [postgres, lab] = await Promise.all([postgresServer(t), upstream(t, 'lab', { interval: 0 })]);
  const folder = testFolder(t, {});
  const start = async (name: string) => {
    const home = join(folder, name);
    mkdirSync(home, { recursive: true });
    const command = startCommand(t, {
      config: {
        server: { port: 0, apiKeys: [KEY] },
        discover: false,
        home,
        store: { use: 'postgres', url: postgres.url },
        providers: { lab: { use: 'openai-compatible', baseUrl: lab.url, apiKey: 'k', models: { m: 'm' } } },
      },
    });
    const url = await command.url;
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const ask = async (path: string, body?: object) => {
      const answer = await fetch(url + path, {
        headers,
        ...(body && { method: 'POST', body: JSON.stringify(body) }),
      });
      return { status: answer.status, json: (await answer.json()) as Record<string, never> };
    };
    return {
      command,
      ask,
      /** Asks so often that it takes a while. */
      async load(count: number) {
        for (let nth = 0; nth < count; nth++) {
          const answer = await ask('/v1/chat/completions', {
            model: 'm',
            messages: [{ role: 'user', content: 'hi' }],
          });
          if (answer.status !== 200) throw new Error(JSON.stringify(answer));
        }
        return count;
      },
      usage: () => ask('/usage'),
      store: async () => (await ask('/health')).json['store'] as unknown as Standing,
    };
  };
  return { postgres, start };
}

interface Standing {
  readonly problem: string | null;
  readonly waiting: { readonly usage?: { readonly bytes: number } };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

t.test(
  'PostgreSQL stands still, is killed and comes back under load: usage is equal to the token',
  { skip, timeout },
  async (t) => {
    const { postgres, start } = await fleet(t);
    const [one, two] = await Promise.all([start('one'), start('two')]);
    const first = await one.load(1);
    const { json: alone } = await one.usage();
    const { prompt, completion } = (
      alone['totals'] as unknown as { reported: { prompt: number; completion: number } }
    ).reported;
    let sum = first;
    const both = async (count: number): Promise<void> => {
      for (const many of await Promise.all([one.load(count), two.load(count)])) sum += many;
    };
    await both(20);
    await postgres.frozen(async () => {
      await both(100);
      const refused = await one.usage();
      t.equal(refused.status, 503);
      t.match(refused.json, { error: { code: 'store_unavailable' } });
      await until(async () => (await one.store()).problem !== null);
      t.ok((await one.store()).waiting.usage!.bytes > 0);
    });
    await both(20);
    await postgres.kill();
    await both(100);
    t.equal((await two.usage()).status, 503);
    await postgres.start();
    await both(5);
    // Each gateway writes what it has before it answers.
    for (const gateway of [one, two, one]) await until(async () => (await gateway.usage()).status === 200);
    const { json } = await one.usage();
    t.match(json['totals'], {
      requests: sum,
      reported: { prompt: sum * prompt, completion: sum * completion },
    });
    await until(async () => (await one.store()).waiting.usage!.bytes === 0);
  },
);

t.test(
  'a gateway that is killed while usage waits in its file has sent it after its next start',
  { skip, timeout },
  async (t) => {
    const { postgres, start } = await fleet(t);
    const [one, other] = await Promise.all([start('one'), start('other')]);
    let sum = await one.load(3);
    t.equal((await one.usage()).status, 200);
    await postgres.kill();
    sum += await one.load(50);
    t.equal((await one.usage()).status, 503, 'it is in the file now');
    one.command.child.kill('SIGKILL');
    await one.command.ended;
    await start('one');
    await postgres.start();
    await until(async () => {
      const { status, json } = await other.usage();
      return status === 200 && (json['totals'] as unknown as { requests: number }).requests === sum;
    });
    t.pass('nothing was lost');
  },
);

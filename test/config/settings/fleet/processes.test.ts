import { randomBytes } from 'node:crypto';
import t from 'tap';
import { startCommand } from '../../../command.ts';
import { upstream } from '../../../in-front.ts';
import { noPostgres, postgresServer } from '../../../postgres.ts';
import { testFolder } from '../../../test-folder.ts';
import { until } from './shared-fleet.ts';

const skip = noPostgres;

t.test(
  'of three processes one is killed right after a change, and all have it, the next one too',
  { skip, timeout: 240_000 },
  async (t) => {
    const [postgres, lab] = await Promise.all([postgresServer(t), upstream(t, 'lab', { interval: 0 })]);
    const folder = testFolder(t, { home0: {}, home1: {}, home2: {} });
    const env = { SWITCHYARD_SECRET_KEY: randomBytes(32).toString('base64') };
    const start = (nth: number) => {
      const config = {
        server: { port: 0 },
        discover: false,
        home: `${folder}/home${nth}`,
        store: { use: 'postgres', url: postgres.url },
        shared: { node: `node-${nth}` },
      };
      return startCommand(t, { config, env });
    };
    const all = [0, 1, 2].map(start);
    const [first, ...others] = await Promise.all(all.map(({ url }) => url));
    const body = { name: 'lab', use: 'openai-compatible', baseUrl: lab.url, apiKey: 'a-key' };
    const added = await fetch(`${first}/providers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    t.equal(added.status, 200);
    all[0]!.child.kill('SIGKILL');
    await all[0]!.ended;
    const has = async (url: string): Promise<boolean> => (await fetch(`${url}/providers/lab`)).status === 200;
    for (const url of others) await until(() => has(url));
    t.ok(await has(await start(0).url), 'from its start on');
  },
);

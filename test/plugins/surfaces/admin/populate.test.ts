import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startHouse, type House } from '../../../house.ts';
import { tinyProgram } from '../../../tiny-program.ts';

async function start(t: Test, more: Record<string, unknown> = {}) {
  const tiny = tinyProgram(t);
  const provider = { use: tiny.plugin, port: 'free', source: tiny.source, start: 'manual' };
  const house = await startHouse(
    t,
    { home: tiny.home, providers: { tiny: provider, ...more } },
    { env: tiny.there.env },
  );
  return { house, tiny };
}

const post = (house: House, path: string) => house.ask(`/providers/${path}`, { method: 'POST' });

t.test('a program is fetched and installed without being started, however often and at once', async (t) => {
  const { house, tiny } = await start(t);
  const all = await Promise.all([1, 2, 3].map(() => post(house, 'TINY/populate')));
  for (const answer of all)
    t.match(answer.json(), {
      provider: 'tiny',
      action: 'populate',
      success: true,
      state: 'stopped',
      reason: 'installed',
    });
  t.ok(existsSync(join(tiny.home, 'apis/tiny/main.mjs')));
  t.ok(existsSync(join(tiny.home, 'prepared/tiny/app/main.mjs')));
  t.notOk(existsSync(join(tiny.home, 'apis/tiny.lock')));
  const { process } = (await house.ask('/providers/tiny')).json();
  t.match(process, { state: 'stopped', pid: null, restarts: 0 });
  t.equal((await post(house, 'tiny/populate')).status, 200);
});

t.test('together with a start and a stop it ends as the last of them said', async (t) => {
  const { house } = await start(t);
  house.yard.berths.get('tiny')!.secrets!.set({ TOKEN: 'given' });
  const [populated, started] = await Promise.all([post(house, 'tiny/populate'), post(house, 'tiny/start')]);
  t.same([populated.status, started.status], [200, 200]);
  t.equal((await house.ask('/providers/tiny')).json().state, 'healthy');
  t.match((await post(house, 'tiny/populate')).json(), { state: 'healthy', reason: 'nothing was missing' });
  t.equal((await post(house, 'tiny/stop')).status, 200);
  t.equal((await house.ask('/providers/tiny')).json().state, 'stopped');
});

t.test('what has nothing to fetch says so, and who is no program is refused', async (t) => {
  const { house } = await start(t, {
    own: { use: 'process', command: [process.execPath, '-e', '0'], start: 'manual' },
    far: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' },
  });
  t.match((await post(house, 'own/populate')).json(), { success: true, reason: /nothing to fetch/ });
  t.match((await post(house, 'far/populate')).json(), { error: { code: 'action_conflict' } });
});

t.test('what cannot be fetched says why, and all at once tells of each', async (t) => {
  const tiny = tinyProgram(t);
  const provider = { use: tiny.plugin, port: 'free', start: 'manual' };
  const missing = { ...tiny.source, commit: '0123456789abcdef' };
  const house = await startHouse(
    t,
    {
      home: tiny.home,
      providers: { tiny: { ...provider, source: tiny.source }, lost: { ...provider, source: missing } },
    },
    { env: tiny.there.env },
  );
  t.match((await post(house, 'lost/populate')).json(), {
    error: { code: 'install_failed', message: /has no commit/ },
  });
  t.match((await house.ask('/providers/lost')).json(), {
    state: 'failed',
    process: { reason: /has no commit/ },
  });
  // The fourteen are listed too, and nobody wants them fetched here.
  for (const [name, { process: its }] of house.yard.berths)
    if (its && name !== 'tiny' && name !== 'lost') house.yard.berths.delete(name);
  t.match((await post(house, 'populate-all')).json(), {
    action: 'populate-all',
    results: { tiny: true, lost: false },
    successful: 1,
    total: 2,
    errors: { lost: /has no commit/ },
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import { tinyProgram } from '../../../tiny-program.ts';

async function start(t: Test, more: Record<string, unknown> = {}) {
  const tiny = tinyProgram(t);
  const provider = { use: tiny.plugin, port: 'free', source: tiny.source, start: 'manual' };
  const switchyard = await startSwitchyard(
    t,
    { home: tiny.home, providers: { tiny: provider, ...more } },
    { env: tiny.there.env },
  );
  return { switchyard, tiny };
}

const post = (switchyard: Switchyard, path: string) =>
  switchyard.ask(`/providers/${path}`, { method: 'POST' });

t.test('a program is fetched and installed without being started, however often and at once', async (t) => {
  const { switchyard, tiny } = await start(t);
  const all = await Promise.all([1, 2, 3].map(() => post(switchyard, 'TINY/populate')));
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
  const { process } = (await switchyard.ask('/providers/tiny')).json();
  t.match(process, { state: 'stopped', pid: null, restarts: 0 });
  t.equal((await post(switchyard, 'tiny/populate')).status, 200);
});

t.test('together with a start and a stop the last of them counts', async (t) => {
  const { switchyard } = await start(t);
  switchyard.gateway.upstreams.get('tiny')!.secrets!.set({ TOKEN: 'given' });
  const [populated, started] = await Promise.all([
    post(switchyard, 'tiny/populate'),
    post(switchyard, 'tiny/start'),
  ]);
  t.same([populated.status, started.status], [200, 200]);
  t.equal((await switchyard.ask('/providers/tiny')).json().state, 'healthy');
  t.match((await post(switchyard, 'tiny/populate')).json(), {
    state: 'healthy',
    reason: 'already up to date',
  });
  t.equal((await post(switchyard, 'tiny/stop')).status, 200);
  t.equal((await switchyard.ask('/providers/tiny')).json().state, 'stopped');
});

t.test('a program without a source says so, and a provider that is no program is refused', async (t) => {
  const { switchyard } = await start(t, {
    own: { use: 'process', command: [process.execPath, '-e', '0'], start: 'manual' },
    far: { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1' },
  });
  t.match((await post(switchyard, 'own/populate')).json(), { success: true, reason: /nothing to fetch/ });
  t.match((await post(switchyard, 'far/populate')).json(), { error: { code: 'action_conflict' } });
});

t.test('a failed fetch has its reason, and populate-all reports each', async (t) => {
  const tiny = tinyProgram(t);
  const provider = { use: tiny.plugin, port: 'free', start: 'manual' };
  const missing = { ...tiny.source, commit: '0123456789abcdef' };
  const switchyard = await startSwitchyard(
    t,
    {
      home: tiny.home,
      providers: { tiny: { ...provider, source: tiny.source }, lost: { ...provider, source: missing } },
    },
    { env: tiny.there.env },
  );
  t.match((await post(switchyard, 'lost/populate')).json(), {
    error: { code: 'install_failed', message: /has no commit/ },
  });
  t.match((await switchyard.ask('/providers/lost')).json(), {
    state: 'failed',
    process: { reason: /has no commit/ },
  });
  // The fourteen are listed too, and must not be fetched here.
  for (const [name, { process: its }] of switchyard.gateway.upstreams)
    if (its && name !== 'tiny' && name !== 'lost') switchyard.gateway.upstreams.delete(name);
  t.match((await post(switchyard, 'populate-all')).json(), {
    action: 'populate-all',
    results: { tiny: true, lost: false },
    successful: 1,
    total: 2,
    errors: { lost: /has no commit/ },
  });
});

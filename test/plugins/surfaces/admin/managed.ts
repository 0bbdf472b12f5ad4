import type { Test } from 'tap';
import { startSwitchyard, type Switchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { startUpstream, type Upstream } from '../../../upstream/upstream.ts';

export const program = `require('http').createServer((_, r) => r.end('{}')).listen(process.env.PORT, '127.0.0.1')`;
export const local = {
  use: 'process',
  command: [process.execPath, '-e', program],
  env: { PORT: '{port}' },
  probe: { path: '/', every: 50 },
  grace: 2_000,
  start: 'manual',
};

/** A gateway with an upstream as `lab`, and programs that run (`mine`) and do not (`broken`). */
export async function start(t: Test, config: Record<string, unknown> = {}): Promise<[Switchyard, Upstream]> {
  const upstream = await startUpstream({ name: 'lab', interval: 0 });
  t.teardown(() => upstream.close());
  const switchyard = await startSwitchyard(t, {
    home: testFolder(t, {}),
    providers: {
      lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'own-m' } },
      mine: { ...local, models: { l: 'l' } },
      broken: { ...local, command: [process.execPath, '-e', 'process.exit(3)'], models: { b: 'b' } },
    },
    ...config,
  });
  return [switchyard, upstream];
}

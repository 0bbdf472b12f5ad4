// The config file of a running process is watched.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { root } from '../../gateway.ts';
import { testFolder } from '../test-folder.ts';

const LAB = { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { m: 'm' } };

async function run(t: Test, folder: string, file: string) {
  const child = spawn(process.execPath, ['main.ts', '--config', file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  let said = '';
  let heard = (): void => undefined;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      said += String(chunk);
      heard();
    });
  return {
    /** What it says from now on. */
    async says(what: RegExp): Promise<void> {
      while (!what.test(said)) await new Promise<void>((resolve) => (heard = resolve));
      said = '';
    },
    async stop(): Promise<void> {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

const config = (folder: string, more: object = {}): string =>
  JSON.stringify({
    discover: false,
    history: { enabled: false },
    server: { port: 0 },
    home: folder,
    providers: { lab: LAB },
    ...more,
  });

t.test('a change of the file is applied, however it is written', async (t) => {
  const folder = testFolder(t, {});
  const file = join(folder, 'c.json');
  writeFileSync(file, config(folder));
  const gateway = await run(t, folder, file);
  await gateway.says(/curl http:/);
  writeFileSync(file, config(folder, { strategy: { use: 'random' } }));
  await gateway.says(/c\.json changed: \S+c\.json was reloaded: strategy changed\n/);
  writeFileSync(file, config(folder, { strategy: { use: 'random' }, dashboard: { enabled: false } }));
  await gateway.says(/c\.json changed: \S+c\.json was reloaded: dashboard changed\n/);
  writeFileSync(file, '{"strategy": {"use": "none"}}');
  await gateway.says(/warning: c\.json changed: The previous config stays in force\..*'none'/);
  writeFileSync(file, '');
  const other = join(folder, 'c.json.new');
  writeFileSync(other, config(folder, { providers: { lab: LAB, more: { ...LAB, models: { n: 'n' } } } }));
  await setTimeout(500);
  renameSync(other, file);
  // An empty file would have removed `lab` first, and added it again.
  await gateway.says(/was reloaded: \S*providers.* changed \(providers added: more\)\n/);
  await gateway.stop();
});

t.test('a file that is a link to another one is watched, as in Kubernetes', async (t) => {
  const folder = testFolder(t, { one: {}, two: {} });
  writeFileSync(join(folder, 'one/c.json'), config(folder));
  writeFileSync(join(folder, 'two/c.json'), config(folder, { strategy: { use: 'random' } }));
  symlinkSync('one', join(folder, '..data'));
  symlinkSync('..data/c.json', join(folder, 'c.json'));
  const gateway = await run(t, folder, join(folder, 'c.json'));
  await gateway.says(/curl http:/);
  symlinkSync('two', join(folder, '..data_tmp'));
  renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  await gateway.says(/was reloaded: strategy changed\n/);
  rmSync(join(folder, 'c.json'));
  await gateway.stop();
});

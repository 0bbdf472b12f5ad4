// SIGHUP, with and without a terminal, which `script` (util-linux) gives to a program.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { request } from 'undici';
import { root } from '../../gateway.ts';
import { testFolder } from '../test-folder.ts';

const LAB = { use: 'openai-compatible', baseUrl: 'http://127.0.0.1:9/v1', models: { m: 'm' } };
const CONFIG = { discover: false, history: { enabled: false }, server: { port: 0 }, providers: { lab: LAB } };
const LAUNCHED = ['runtime/run.mjs', 'main.ts', '--config'];

const strategy = async (url: string): Promise<string> =>
  ((await (await request(`${url}/config/load-balancing`)).body.json()) as { strategy: string }).strategy;

t.test('without a terminal the config is read again, also through the launcher', async (t) => {
  for (const script of [LAUNCHED, ['main.ts', '--config']]) {
    const folder = testFolder(t, {});
    const file = join(folder, 'c.json');
    const write = (more: object): void =>
      writeFileSync(file, JSON.stringify({ ...CONFIG, home: folder, ...more }));
    write({});
    const child = spawn(process.execPath, [...script, file], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.teardown(() => void child.kill('SIGKILL'));
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += String(chunk)));
    const heard = async (what: RegExp): Promise<RegExpExecArray> => {
      for (;;) {
        const found = what.exec(said);
        if (found) return found;
        if (child.exitCode !== null) throw new Error(said);
        await sleep(20);
      }
    };
    const url = (await heard(/curl (http:\S+)\/v1/))[1] as string;
    t.equal(await strategy(url), 'p2c');
    write({ strategy: { use: 'random' } });
    child.kill('SIGHUP');
    await heard(/SIGHUP: \S+c\.json was reloaded: strategy changed\n/);
    t.equal(await strategy(url), 'random');
    write({ strategy: { use: 'random' }, server: { port: 1 } });
    child.kill('SIGHUP');
    await heard(/warning: SIGHUP: .*nothing has changed; a restart is needed for server\n/);
    writeFileSync(file, '{"strategy": {"use": "none"}}');
    child.kill('SIGHUP');
    await heard(/warning: SIGHUP: The previous config stays in force\..*'none'/);
    t.equal(await strategy(url), 'random');
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
});

const version = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const skip = !version.includes('util-linux') && "there is no util-linux's script here";

t.test('at a terminal that is closed it stops', { skip }, async (t) => {
  const folder = testFolder(t, {});
  const file = join(folder, 'c.json');
  writeFileSync(file, JSON.stringify({ ...CONFIG, home: folder }));
  const command = `exec '${process.execPath}' main.ts --config '${file}' 2>'${folder}/log'`;
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.teardown(() => void child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (/curl http:\S+\/v1[^]*\n\r?\n/.test(said)) break;
  }
  const url = /curl (http:\S+)\/v1/.exec(said)?.[1] as string;
  t.equal(await strategy(url), 'p2c');
  // The terminal is gone with it, and the kernel sends SIGHUP.
  child.kill('SIGKILL');
  for (;;) {
    const answered = await strategy(url).catch(() => undefined);
    if (answered === undefined) break;
    await sleep(50);
  }
  t.pass('it has stopped');
});

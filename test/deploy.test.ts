// The files of deploy/, run as they are written.
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { parse } from 'yaml';
import { root } from '../gateway.ts';
import { testFolder } from './test-folder.ts';
import { startUpstream } from './upstream/upstream.ts';

const file = (name: string): string => readFileSync(join(root, 'deploy', name), 'utf8');

/** Values of one word of the unit. */
const words = (name: string): string[] =>
  [...file('switchyard.service').matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(
    ([, value]) => value as string,
  );

interface Running {
  readonly child: ChildProcess;
  readonly url: string;
}

async function run(t: Test, command: readonly string[], env: Record<string, string>): Promise<Running> {
  const [program = '', ...args] = command;
  const { PATH = '' } = process.env;
  const child = spawn(program, args, { cwd: root, env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  t.teardown(() => void child.kill('SIGKILL'));
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    const url = /(?:"listening on |API: )(http:[^\s"]+?)(?:"|\/v1)/.exec(said)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    child.stderr.resume();
    return { child, url };
  }
  throw new Error(`it ended: ${said}`);
}

async function stop({ child }: Running): Promise<void> {
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function rowsIn(kept: string): number {
  const database = new DatabaseSync(kept, { readOnly: true });
  try {
    return (database.prepare('SELECT count(*) AS count FROM requests').get() as { count: number }).count;
  } catch {
    return 0;
  } finally {
    database.close();
  }
}

const config = (upstream: string): string =>
  JSON.stringify({
    discover: false,
    providers: { lab: { use: 'openai-compatible', baseUrl: upstream, models: { m: 'm' } } },
  });

const ask = async (url: string, headers = {}): Promise<number> => {
  const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
  const answer = await request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  await answer.body.dump();
  return answer.statusCode;
};

const analyzes = spawnSync('systemd-analyze', ['--version']).status === 0;

t.test('systemd takes the unit', { skip: !analyzes && 'there is no systemd-analyze here' }, (t) => {
  const folder = testFolder(t, {});
  const unit = join(folder, 'switchyard.service');
  const own = file('switchyard.service').replaceAll('/opt/switchyard', root.replace(/\/$/, ''));
  writeFileSync(unit, own.replaceAll(/^(User|Group)=.*$/gm, '$1=root'));
  const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
  t.same([status, stderr.split('\n').filter((line) => line.includes('switchyard'))], [0, []]);
  t.end();
});

t.test(
  "the unit's command starts the gateway with the unit's environment, and stops it in good order",
  async (t) => {
    const upstream = await startUpstream();
    t.teardown(() => upstream.close());
    const folder = testFolder(t, {});
    const home = join(folder, 'home');
    const own = join(folder, 'switchyard.json');
    writeFileSync(own, config(upstream.url));
    const env = Object.fromEntries(words('Environment').map((one) => one.split('=') as [string, string]));
    t.match(env, {
      SWITCHYARD_CONFIG: '/etc/switchyard/switchyard.yaml',
      SWITCHYARD_HOME: '/var/lib/switchyard',
    });
    const running = await run(t, words('ExecStart')[0]!.split(' '), {
      ...env,
      SWITCHYARD_CONFIG: own,
      SWITCHYARD_HOME: home,
      SWITCHYARD_SERVER__PORT: '0',
    });
    t.equal(await ask(running.url), 200);
    const kept = join(home, 'history.db');
    // It is written a moment after the answer.
    while (!existsSync(kept) || rowsIn(kept) === 0) await sleep(20);

    const copy = join(folder, 'copy');
    execFileSync(process.execPath, ['deploy/backup.mjs', home, copy], { cwd: root });
    const before = await request(`${running.url}/requests?limit=1`);
    t.same(
      readdirSync(copy).filter((name) => /-(?:wal|shm)$/.test(name)),
      [],
      'SQLite would apply what lies beside a copy to it',
    );
    for (const name of readdirSync(copy))
      t.equal(statSync(join(copy, name)).mode, statSync(join(home, name)).mode, `the mode of ${name}`);
    const refused = spawnSync(process.execPath, ['deploy/backup.mjs', home, copy], {
      cwd: root,
      encoding: 'utf8',
    });
    t.match(refused, { status: 1, stderr: /^Nothing was copied\. .+copy cannot be made: name a new folder/ });
    const { data } = (await before.body.json()) as { data: { id: string }[] };
    await stop(running);

    const again = await run(t, words('ExecStart')[0]!.split(' '), {
      SWITCHYARD_CONFIG: own,
      SWITCHYARD_HOME: copy,
      SWITCHYARD_SERVER__PORT: '0',
    });
    t.equal(
      (await request(`${again.url}/requests/${data[0]!.id}`)).statusCode,
      200,
      'a copy made meanwhile has it',
    );
    await stop(again);
  },
);

t.test(
  "the image's command and the environment of the compose file start it, and its probe sees it",
  async (t) => {
    const upstream = await startUpstream();
    t.teardown(() => upstream.close());
    const folder = testFolder(t, {});
    const own = join(folder, 'switchyard.json');
    writeFileSync(own, config(upstream.url));
    const image = file('Dockerfile').replaceAll(/\\\n\s*/g, '');
    const [, set = ''] = /^ENV (.*)$/m.exec(image) ?? [];
    const [, command = '[]'] = /^CMD (.*)$/m.exec(image) ?? [];
    const [, probe = '[]'] = /^HEALTHCHECK .*CMD (.*)$/m.exec(image) ?? [];
    const { services } = parse(file('compose.yaml')) as {
      services: { switchyard: { environment: Record<string, string | null> } };
    };
    const keys = Object.keys(services.switchyard.environment).filter((name) =>
      name.startsWith('SWITCHYARD_'),
    );
    t.equal(keys.length, 2);
    const env: Record<string, string> = {
      ...Object.fromEntries(set.split(/\s+/).map((one) => one.split('=') as [string, string])),
      ...Object.fromEntries(keys.map((name) => [name, `a-key-for-${name}`])),
      SWITCHYARD_HOME: join(folder, 'data'),
      SWITCHYARD_CONFIG: own,
      SWITCHYARD_SERVER__PORT: '0',
    };
    t.equal(env.SWITCHYARD_SERVER__HOST, '0.0.0.0');
    const running = await run(t, JSON.parse(command) as string[], env);
    const { port } = new URL(running.url);
    const url = `http://127.0.0.1:${port}`;
    t.equal(await ask(url), 401);
    t.equal(await ask(url, { authorization: `Bearer a-key-for-${keys[0]}` }), 200);
    const [node = '', ...args] = JSON.parse(probe.replace('7999', port)) as string[];
    t.equal(spawnSync(node, args).status, 0);
    await stop(running);
    t.not(spawnSync(node, args).status, 0);
  },
);

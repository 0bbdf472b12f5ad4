// A restart from outside: what clients, programs and the process table see of it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { Agent, request } from 'undici';
import { root } from '../../gateway.ts';
import { freePort, startCommand } from '../command.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream } from '../upstream/upstream.ts';

/** Streams numbered deltas until it gets /finish, and writes a numbered line now and then. */
const PROGRAM = `
let ended = false, line = 0;
const chunk = (delta, reason = null) => 'data: ' + JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'own', choices: [{ index: 0, delta, finish_reason: reason }] }) + '\\n\\n';
setInterval(() => console.log('line ' + ++line), 20);
require('http').createServer((request, response) => {
  if (request.url === '/finish') ended = true;
  if (!request.url.includes('chat')) return response.end('{}');
  let count = 0;
  response.setHeader('content-type', 'text/event-stream');
  const writing = setInterval(() => {
    if (!ended) return response.write(chunk({ content: ++count + ' ' }));
    clearInterval(writing);
    response.end(chunk({}, 'stop') + 'data: [DONE]\\n\\n');
  }, 100);
}).listen(process.env.PORT, '127.0.0.1');`;

const program = {
  use: 'process',
  command: [process.execPath, '-e', PROGRAM],
  env: { PORT: '{port}' },
  start: 'boot',
};

interface Shown {
  readonly name: string;
  readonly process: {
    readonly pid: number;
    readonly port: number;
    readonly state: string;
    readonly reason: string;
  };
}

async function start(t: Test, { providers = {}, server = {} }: { providers?: object; server?: object } = {}) {
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const folder = testFolder(t, {});
  const file = join(folder, 'switchyard.json');
  const own = { mine: { ...program, models: { own: 'own' } } };
  const config = {
    discover: false,
    watch: false,
    home: './home',
    server: { port: 0, ...server },
    providers: {
      lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } },
      ...own,
      ...providers,
    },
  };
  const write = (changed: object): void => writeFileSync(file, JSON.stringify({ ...config, ...changed }));
  write({});
  return { folder, file, config, write };
}

/** A connection of its own for each request: one that is kept leads to the process that it was made to. */
const apart = new Agent({ pipelining: 0 });

/** Successors are no children of the test: each is ended by its pid. */
function endLater(t: Test, pid: number): void {
  t.teardown(async () => {
    if (lives(pid)) process.kill(pid, 'SIGKILL');
    while (lives(pid)) await sleep(20);
  });
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function gone(pid: number): Promise<void> {
  while (lives(pid)) await sleep(50);
}

async function get<T>(url: string): Promise<T> {
  return (await (await request(url, { dispatcher: apart })).body.json()) as T;
}

async function programOf(url: string, name = 'mine'): Promise<Shown['process']> {
  for (;;) {
    const { process: its } = await get<Shown>(`${url}/providers/${name}`);
    if (its.state === 'healthy') return its;
    await sleep(50);
  }
}

async function restart(
  url: string,
): Promise<{ status: number; body: { pid: number; error: { message: string } } }> {
  const { statusCode, body } = await request(`${url}/restart`, { method: 'POST', dispatcher: apart });
  return { status: statusCode, body: (await body.json()) as never };
}

function chat(url: string, model: string, stream: boolean, dispatcher = apart) {
  return request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [] }),
    dispatcher,
  });
}

t.test(
  'under 200 streams and short requests a restart loses none, cuts none, and keeps the programs',
  async (t) => {
    const { file } = await start(t);
    const command = startCommand(t, { args: ['--config', file] });
    const url = await command.url;
    const before = await programOf(url);

    const seen = { begun: 0, answered: 0, isOver: false };
    const streams = Array.from({ length: 200 }, async () => {
      const { statusCode, body } = await chat(url, 'own', true, new Agent());
      let text = '';
      seen.begun++;
      for await (const chunk of body) text += String(chunk);
      return { statusCode, text };
    });
    while (seen.begun < 200) await sleep(20);

    const more = async (count: number): Promise<void> => {
      const until = seen.answered + count;
      while (seen.answered < until) await sleep(20);
    };
    const keptAlive = new Agent({ connections: 8 });
    const closing = new Agent({ pipelining: 0 });
    const flow = Array.from({ length: 12 }, async (_, at) => {
      const agent = at < 8 ? keptAlive : closing;
      const statuses = new Set<number>();
      while (!seen.isOver) {
        const { statusCode, body } = await chat(url, 'm', false, agent);
        await body.dump();
        statuses.add(statusCode);
        seen.answered++;
      }
      return [...statuses];
    });
    await more(100);

    const { status, body } = await restart(url);
    endLater(t, body.pid);
    t.equal(status, 200);
    t.not(body.pid, command.child.pid);
    await more(500);
    seen.isOver = true;
    for (const statuses of await Promise.all(flow)) t.same(statuses, [200]);
    t.equal(command.child.exitCode, null, 'it still has its streams');

    const after = await programOf(url);
    t.equal(after.pid, before.pid);
    t.match(after.reason, /taken over/);
    await request(`http://127.0.0.1:${before.port}/finish`);
    for (const { statusCode, text } of await Promise.all(streams)) {
      const said = [...text.matchAll(/"content":"(\d+) "/g)].map(([, number]) => Number(number));
      const whole = said.length > 0 && said.every((number, at) => number === at + 1);
      if (statusCode !== 200 || !whole || !text.includes('[DONE]'))
        t.fail('a stream was cut', { statusCode, text });
    }
    await Promise.all([keptAlive.close(), closing.close()]);
    if (command.child.exitCode === null) await once(command.child, 'exit');
    t.equal(command.child.exitCode, 0, 'the process before it ends with its last answer');

    t.equal((await programOf(url)).pid, before.pid, 'the program outlives it');
    const { data } = await get<{ data: { n: number; line: string }[] }>(
      `${url}/providers/mine/logs?lines=1000`,
    );
    const lines = data.map(({ line }) => Number(line.slice(5)));
    t.same(
      lines,
      lines.map((_, at) => (lines[0] as number) + at),
      'no line of it is lost',
    );
    t.same(
      data.map(({ n }) => n),
      lines.map((_, at) => (data[0] as { n: number }).n + at),
    );

    // Another gateway with the same home takes nothing of a living one for an orphan.
    const other = startCommand(t, { args: ['--config', file] });
    await programOf(await other.url);
    t.ok(lives(before.pid));
    const ended = once(other.child, 'exit');
    other.child.kill('SIGTERM');
    await ended;
    t.ok(lives(before.pid));

    process.kill(body.pid, 'SIGKILL');
    await gone(before.pid);
    t.pass('the program ends with its gateway, however that ends');
  },
);

t.test('a successor that cannot start changes nothing, and its reason is reported', async (t) => {
  const { file, config, write } = await start(t);
  const command = startCommand(t, { args: ['--config', file] });
  const url = await command.url;
  const before = await programOf(url);

  write({ nonsense: 1 });
  t.match(await restart(url), {
    status: 500,
    body: { error: { code: 'restart_failed', message: /goes on as before: [^]*nonsense: unknown/ } },
  });
  write({ plugins: ['./ends.mjs'] });
  writeFileSync(join(file, '../ends.mjs'), 'process.exit(3)');
  t.match(await restart(url), { status: 500, body: { error: { message: /ended with code 3/ } } });
  write({});
  t.equal((await programOf(url)).pid, before.pid);
  t.equal((await chat(url, 'm', false)).statusCode, 200);
  t.equal(command.child.exitCode, null);

  // A new address, a program that is started in another way, and one that is not there any more.
  const port = await freePort();
  const changed = { ...program, models: { own: 'own' }, env: { PORT: '{port}', MORE: '1' } };
  write({ server: { port }, providers: { ...config.providers, mine: changed } });
  const { status, body } = await restart(url);
  endLater(t, body.pid);
  t.equal(status, 200);
  const moved = `http://127.0.0.1:${port}`;
  await gone(before.pid);
  t.not((await programOf(moved)).pid, before.pid);
  t.equal((await chat(moved, 'm', false)).statusCode, 200);

  write({ server: { port }, providers: { lab: config.providers.lab } });
  const started = await programOf(moved);
  const again = await restart(moved);
  endLater(t, again.body.pid);
  await gone(started.pid);
  t.equal((await chat(moved, 'm', false)).statusCode, 200);
});

t.test('the launcher stays: switchyard restart, again and again, and then a signal ends all', async (t) => {
  const { file, folder } = await start(t);
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME };
  // Through `env -i`: nothing of the environment of the tests is theirs.
  const words = ['-i', `PATH=${PATH}`, `HOME=${HOME}`, process.execPath];
  const launcher = spawn('/usr/bin/env', [...words, 'runtime/run.mjs', 'main.ts', '--config', file], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => void launcher.kill('SIGKILL'));
  let said = '';
  launcher.stdout.on('data', (text: Buffer) => (said += text.toString()));
  while (!/curl (http:\S+)\/v1/.test(said)) await sleep(20);
  const [, url = ''] = /curl (http:\S+)\/v1/.exec(said) as string[];
  const before = await programOf(url);

  const switchyard = (...args: readonly string[]) =>
    new Promise<string>((resolve) =>
      execFile(
        '/usr/bin/env',
        [...words, 'command/switchyard.mjs', ...args, '--url', url],
        { cwd: root },
        (_, out) => resolve(out),
      ),
    );
  const pids: number[] = [];
  for (let time = 0; time < 2; time++) {
    const { pid, previous_pid: previous } = JSON.parse(await switchyard('restart', '--json')) as Record<
      'pid' | 'previous_pid',
      number
    >;
    endLater(t, pid);
    pids.push(pid);
    await gone(previous);
    t.equal(launcher.exitCode, null);
    const answer = await chat(url, 'm', false);
    t.match({ status: answer.statusCode, text: await answer.body.text() }, { status: 200, text: /content/ });
  }
  t.equal((await programOf(url)).pid, before.pid);
  t.equal(new Set(pids).size, 2);
  const ended = once(launcher, 'exit');
  launcher.kill('SIGTERM');
  t.same(await ended, [0, null]);
  for (const pid of [...pids, before.pid]) await gone(pid);
  t.same(
    readdirSync(join(folder, 'home/apis')).filter((name) => name.endsWith('.pid')),
    [],
  );
});

// All fourteen in one gateway, from absent to answering and gone again; in between, all that the real ones were recorded to answer.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import type { Test } from 'tap';
import { membersOf } from '../../kits/process-kit/procfs.ts';
import type { Answer } from '../switchyard.ts';
import { providerIndex, readRecording, type IndexRow } from '../upstream/recordings.ts';
import { make, names, startedAs, startPrograms, type Programs } from './fourteen.ts';
import { outcomeOf } from './outcome.ts';
import { whyNot } from './runnable.ts';
import { standIns } from './stand-ins.ts';

t.setTimeout(300_000);

/** So that each is a program, whatever its file says where no code is named. */
const run = { source: { folder: import.meta.dirname } };
const missing = new Map<string, string>();
for (const name of names) {
  const why = await whyNot(make(name, run));
  if (why !== undefined) missing.set(name, why);
}
const here = names.filter((name) => !missing.has(name));
for (const [name, skip] of missing) t.test(name, { skip }, () => {});

t.test('all fourteen', { timeout: 300_000 }, async (t) => {
  const programs = await startPrograms(t, here, {
    options: { start: 'manual' },
    // Whatever they answer, they are asked again.
    config: { breaker: { failures: 1000, minimum: 1000 }, retry: { again: 0 } },
    env: { OPENAI_API_KEY: 'another-key' },
  });
  for (const [sentence, holds] of SENTENCES) await t.test(sentence, (t) => holds(t, programs));
  await programs.switchyard.close();
  for (const [name, options, told] of BADLY_GIVEN.filter(([one]) => here.includes(one))) {
    await t.test(`${name} reports what is wrong with its secrets`, (t) =>
      badlyGiven(t, programs, { name, options, told }),
    );
  }
});

const SENTENCES: readonly [sentence: string, holds: (t: Test, programs: Programs) => Promise<void>][] = [
  ['start-all tells of each, and each comes from absent to answering', startingAll],
  ['each is given what it needs, and nothing of any other', givenTheirOwn],
  ['each answers, streamed or not', answering],
  ['whatever a program answers, a caller gets an answer or an error of OpenAI’s', replaying],
  ['what the library throws has a status, and after the first word it is seen in the stream', throwing],
  ['a caller that leaves ZtoApits does not end it; a connection that is cut does', disconnect],
  ['a worker of a killed parent is ended, and both are started again', killing],
  ['no checkout was changed', leftAsTheyWere],
  ['stop-all ends all of them, and nothing of theirs is left', stoppingAll],
];

async function startingAll(t: Test, { switchyard, described }: Programs): Promise<void> {
  for (const name of here) t.match(await described(name), { state: 'absent', lacks: [] }, name);
  const told = (await switchyard.ask('/providers/start-all', { method: 'POST' })).json();
  t.same(told.errors, {});
  t.same(told.results, Object.fromEntries(here.map((name) => [name, true])));
  t.same(Object.keys(told.states), here);
  for (const name of here) {
    await until(async () => !['installing', 'starting'].includes((await described(name)).state));
    const { state, process: its } = await described(name);
    t.equal(state, 'healthy', `${name}: ${its!.reason}`);
  }
}

async function givenTheirOwn(t: Test, { there, described }: Programs): Promise<void> {
  for (const name of here.filter((one) => standIns[one]!.recorded)) {
    const { process: its, ...shown } = await described(name);
    const { argv, env, cwd } = await startedAs(its!.port!);
    t.notOk(Object.values(env).includes('another-key'), `${name}: no key of the gateway's`);
    const own = join(there.folder, 'home/data', name);
    // gunicorn goes where it is told to.
    if (cwd !== undefined && name !== 'grok2api') t.equal(cwd, own, `${name} runs in a folder of its own`);
    for (const [secret, value] of Object.entries(standIns[name]!.secrets ?? {})) {
      const { fileOnly = false } = make(name, run).process!.secrets![secret]!;
      if (fileOnly) t.notOk(JSON.stringify(env).includes(value), `${name}: ${secret} is in a file only`);
      else t.equal(env[secret], value, `${name}: ${secret}`);
      const seen = JSON.stringify([argv, shown, its]);
      t.notOk(seen.includes(value), `${name}: ${secret} is not shown, nor among its arguments`);
    }
  }
  if (missing.has('copilot-proxy')) return;
  const file = join(there.folder, 'home/data/copilot-proxy/.local/share/copilot-api/github_token');
  t.equal(readFileSync(file, 'utf8'), 'a-github-token');
}

async function answering(t: Test, programs: Programs): Promise<void> {
  for (const name of here) {
    const words = name === 'zai-python-sdk' ? /^sdk 0727-360B-API a-token$/ : /Grüße an 世界 👋\.$/;
    const whole = await chat(programs, name, 'hi', false);
    t.match(whole.json().choices?.[0]?.message.content, words, `${name}: ${whole.text.slice(0, 300)}`);
    const streamed = await chat(programs, name, 'hi', true);
    t.match(streamed.content, words, `${name}: ${streamed.text.slice(0, 300)}`);
    t.equal(streamed.events.at(-1), '[DONE]', name);
  }
}

async function replaying(t: Test, programs: Programs): Promise<void> {
  let asked = 0;
  for (const name of here) {
    const { streams } = make(name, run).quirks;
    for (const row of recordingsOf(name)) {
      for (const stream of [true, false]) {
        asked++;
        const answer = await chat(programs, name, nameOf(row), stream);
        const { ending, faults } = outcomeOf(answer);
        const what = `${name}, ${nameOf(row)}, ${stream ? 'streamed' : 'whole'}: ${answer.text.slice(0, 300)}`;
        const asItCame = name === 'copilot-proxy' && answer.text === readRecording(row.file).body.toString();
        if (!asItCame) t.same(faults, [], what);
        if (isFailure(row)) t.not(ending, 'answered', what);
        if (isGood(row, streams)) t.equal(ending, 'answered', what);
      }
    }
    t.match((await programs.described(name)).process, { restarts: 0 }, `${name} has borne it`);
  }
  t.ok(missing.size > 0 || asked > 600, `${asked} answers`);
}

async function throwing(t: Test, programs: Programs): Promise<void> {
  if (missing.has('zai-python-sdk')) return;
  t.equal((await chat(programs, 'zai-python-sdk', 'fail at once', true)).status, 502);
  t.match((await chat(programs, 'zai-python-sdk', 'break', true)).events.at(-1), /it broke/);
  t.match(await programs.described('zai-python-sdk'), { state: 'healthy' });
}

async function disconnect(t: Test, { switchyard, described }: Programs): Promise<void> {
  if (missing.has('ZtoApits')) return;
  const { process: its } = await described('ZtoApits');
  const body = { model: 'GLM-4.5', stream: true, messages: [{ role: 'user', content: 'take your time' }] };
  const { targets, process: program } = switchyard.gateway.upstreams.get('ZtoApits')!;
  const target = [...targets].find(({ model }) => model === 'GLM-4.5')!;
  const caller = new AbortController();
  const asked = switchyard.ask('/v1/chat/completions?provider=ZtoApits', { body, signal: caller.signal });
  await until(() => target.inflight > 0);
  caller.abort();
  await t.rejects(asked);
  t.ok(target.inflight > 0, 'it is read to its end');
  await until(() => target.inflight === 0);
  t.match((await described('ZtoApits')).process, { pid: its!.pid, restarts: 0 });

  const { env } = await startedAs(its!.port!);
  const text = JSON.stringify(body);
  const head = `POST /v1/chat/completions HTTP/1.1\r\nhost: it\r\nauthorization: Bearer ${env.DEFAULT_KEY}`;
  await until(async () => {
    const socket = connect(its!.port!, '127.0.0.1').on('error', () => {});
    socket.write(`${head}\r\ncontent-length: ${text.length}\r\n\r\n${text}`);
    await sleep(100);
    socket.destroy();
    return (await described('ZtoApits')).process!.restarts > 0;
  });
  const reasons = program!.history.map(({ reason }) => reason).join();
  t.match(reasons, /a caller left, and that ends this program/);
  await until(async () => (await described('ZtoApits')).state === 'healthy');
}

async function killing(t: Test, programs: Programs): Promise<void> {
  const name = 'z.ai2api_python';
  if (missing.has(name)) return;
  const { pid } = (await programs.described(name)).process!;
  t.ok(membersOf(pid!).length > 1, 'there is a worker');
  process.kill(pid!, 'SIGKILL');
  await until(async () => {
    const { state, process: its } = await programs.described(name);
    return state === 'healthy' && its!.restarts === 1;
  });
  t.same(membersOf(pid!), []);
  t.equal((await chat(programs, name, 'hi', false)).status, 200);
}

async function leftAsTheyWere(t: Test, { there }: Programs): Promise<void> {
  for (const name of here) {
    const changes = ['-C', join(there.folder, 'home/apis', name), 'status', '--porcelain', '--ignored'];
    t.equal(execFileSync('git', changes, { encoding: 'utf8' }), '', name);
  }
}

async function stoppingAll(t: Test, { switchyard, described }: Programs): Promise<void> {
  const running = await Promise.all(here.map(described));
  for (const { name, process: its } of running) t.ok(membersOf(its!.pid!).length > 0, `${name} runs`);
  const told = (await switchyard.ask('/providers/stop-all', { method: 'POST' })).json();
  t.same(told.errors, {});
  for (const { name, process: its } of running) {
    t.same(membersOf(its!.pid!), [], `${name}: no process is left`);
    t.notOk(await isOpen(its!.port!), `${name}: its port is free`);
    const { state, process: ended } = await described(name);
    t.equal(state, 'stopped', name);
    t.not(ended!.lastExit!.signal, 'SIGKILL', `${name} ended when it was asked to`);
  }
}

/** What each then says, and what is made of it. */
const BADLY_GIVEN: readonly [name: string, options: Record<string, unknown>, told: RegExp][] = [
  [
    'k2think2api3',
    { secrets: { TOKENS: '# none yet' } },
    /found no token that it could use; set providers\.k2think2api3\.secrets\.TOKENS/,
  ],
  [
    'qwenchat2api',
    { secrets: { API_KEY: ' , ' } },
    /was given no token; set providers\.qwenchat2api\.secrets\.API_KEY/,
  ],
  ['grok2api', { env: {} }, /writes into \/data and must not; make that folder/],
  [
    'copilot-proxy',
    { secrets: { GH_TOKEN: 'bad' } },
    /GitHub gives no access to Copilot for its token; look at/,
  ],
];

/** In the home where it is installed already. */
async function badlyGiven(
  t: Test,
  { there }: Programs,
  { name, options, told }: { name: string; options: Record<string, unknown>; told: RegExp },
): Promise<void> {
  const { switchyard, described } = await startPrograms(t, [name], { there, options });
  const { error } = (await switchyard.ask(`/providers/${name}/start`, { method: 'POST' })).json();
  t.match(error, { code: 'process_failed', message: told });
  t.match(await described(name), { state: 'failed' }, 'it is not tried again and again');
}

function chat({ switchyard }: Programs, name: string, text: string, stream: boolean): Promise<Answer> {
  const model = Object.keys(make(name, run).models!)[0]!;
  const body = { model, stream, messages: [{ role: 'user', content: text }] };
  return switchyard.ask(`/v1/chat/completions?provider=${name}`, { body });
}

const nameOf = ({ file }: IndexRow): string => file.slice(file.lastIndexOf('/') + 1, -'.txt'.length);

function recordingsOf(name: string): IndexRow[] {
  const folder = `providers/${standIns[name]!.recorded}/`;
  const all = [...providerIndex().values()];
  return all.filter(
    ({ file, request }) => file.startsWith(folder) && request === 'POST /v1/chat/completions',
  );
}

/** Half an answer may look whole where it was cut or an error came into it; which do, the normaliser's tests say. */
const isFailure = (row: IndexRow): boolean =>
  row.status >= 400 || (/-upstream-/.test(nameOf(row)) && !/-(cut|errframe)$/.test(nameOf(row)));

/** The answer to what the gateway asks it for, when all is well. */
const isGood = (row: IndexRow, streams: 'both' | 'only' | 'never'): boolean =>
  (streams !== 'never' && nameOf(row) === 'stream-ok') ||
  (streams !== 'only' && nameOf(row) === 'nonstream-ok');

async function isOpen(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const opened = once(socket, 'connect').then(
    () => true,
    () => false,
  );
  return opened.finally(() => socket.destroy());
}

/** A wait for what never comes is ended by the test's own clock. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(50);
}

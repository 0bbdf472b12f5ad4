// The unit of deploy/ as systemd runs it, sandbox included.
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { request } from 'undici';
import { freePort } from '../command.ts';
import { startUpstream } from '../upstream/upstream.ts';
import { missingForSystemd, SystemdContainer } from './systemd-container.ts';

/** A local program of one file. */
const PROGRAM = `
const answer = { id: '1', object: 'chat.completion', created: 1, model: 'local', choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hi' } }] };
require('http').createServer((q, r) => { q.resume(); q.on('end', () => r.setHeader('content-type', 'application/json').end(JSON.stringify(answer))); }).listen(process.env.PORT, '127.0.0.1');
`;

const config = (upstream: string, model: string): string =>
  JSON.stringify({
    discover: false,
    server: { drain: '30s' },
    providers: {
      lab: { use: 'openai-compatible', baseUrl: upstream, models: { [model]: 'm' } },
      mine: {
        use: 'process',
        command: ['node', '/etc/switchyard/program.cjs'],
        env: { PORT: '{port}' },
        port: 'free',
        probe: { path: '/' },
        models: { local: 'local' },
      },
    },
  });

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(200);
}

t.test(
  'systemd starts the unit, starts it again after a crash, keeps it over a restart, reloads and stops it',
  { skip: missingForSystemd() ?? false, timeout: 300_000 },
  async (t) => {
    const upstream = await startUpstream({ text: Array.from({ length: 60 }, () => 'word '), interval: 50 });
    t.teardown(() => upstream.close());
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const container = await SystemdContainer.start(t, {
      '/etc/switchyard/switchyard.yaml': config(upstream.url, 'm'),
      '/etc/switchyard/program.cjs': PROGRAM,
      '/etc/switchyard/keys.env': `SWITCHYARD_SERVER__PORT=${port}\n`,
    });

    const ask = async (model: string, stream = false): Promise<{ status: number; text: string }> => {
      const answer = await request(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hi' }] }),
      });
      return { status: answer.statusCode, text: await answer.body.text() };
    };
    const answers = (model: string): Promise<boolean> =>
      ask(model)
        .then(({ status }) => status === 200)
        .catch(() => false);
    /** A stream that has begun. */
    const streaming = async (model: string): Promise<{ readonly answer: ReturnType<typeof ask> }> => {
      const before = upstream.posts.length;
      const answer = ask(model, true);
      await until(() => upstream.posts.length > before);
      return { answer };
    };
    const whole = { status: 200, text: /\[DONE\]/ };
    const gateway = async (): Promise<number | undefined> => {
      const all = [...(await container.processes())];
      return all.find(([, command]) => /\bmain\.ts/.test(command) && !/run\.mjs/.test(command))?.[0];
    };

    t.equal(await container.run('systemctl', 'start', 'switchyard'), '');
    await until(() => answers('m'));
    t.ok(await answers('local'), 'a program runs in the sandbox');

    for (const which of ["the gateway's process", 'the launcher']) {
      const main = await container.unit('MainPID');
      const restarts = await container.unit('NRestarts');
      const killed = which === 'the launcher' ? main : String(await gateway());
      await container.run('kill', '-9', killed as string);
      await until(async () => (await container.unit('NRestarts')) !== restarts);
      await until(async () => (await answers('m')) && (await answers('local')));
      const programs = [...(await container.processes()).values()].filter((one) =>
        one.includes('program.cjs'),
      );
      t.equal(programs.length, 1, `after a crash of ${which} one program runs`);
    }

    const main = await container.unit('MainPID');
    const before = await gateway();
    const over = await streaming('m');
    const restarted = await request(`${url}/restart`, { method: 'POST', headers: { connection: 'close' } });
    t.equal(restarted.statusCode, 200);
    await restarted.body.dump();
    t.match(await over.answer, whole, 'a stream over a restart is whole');
    await until(async () => !(await container.processes()).has(before as number));
    t.equal(await container.unit('MainPID'), main);
    t.equal(await container.unit('ActiveState'), 'active');

    await container.run(
      'sh',
      '-c',
      `cat > /etc/switchyard/switchyard.yaml <<'END'\n${config(upstream.url, 'm2')}\nEND`,
    );
    t.equal(await container.run('systemctl', 'reload', 'switchyard'), '');
    await until(() => answers('m2'));

    const ending = await streaming('m2');
    t.equal(await container.run('systemctl', 'stop', 'switchyard'), '');
    t.match(await ending.answer, whole, 'a stream at a stop is whole');
    t.equal(await container.unit('ActiveState'), 'inactive');
    t.equal(await container.unit('Result'), 'success');
    t.equal((await container.processes()).size, 0, 'no process is left');
  },
);

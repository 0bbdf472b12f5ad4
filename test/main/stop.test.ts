import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { request } from 'undici';
import { root } from '../../gateway.ts';
import { startCommand, type Command } from '../command.ts';
import { startUpstream, type UpstreamOptions } from '../upstream/upstream.ts';
import { testFolder } from '../test-folder.ts';

/** A program that the gateway runs, as small as can be. */
const PROGRAM = `require('http').createServer((_, response) => response.end('{}')).listen(process.env.PORT, '127.0.0.1')`;

async function start(
  t: Test,
  {
    drain = '10s',
    upstream: said,
    runs = false,
  }: { drain?: string; upstream?: UpstreamOptions; runs?: boolean } = {},
) {
  const upstream = await startUpstream(said);
  t.teardown(() => upstream.close());
  const providers = {
    lab: { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } },
    ...(runs
      ? {
          mine: {
            use: 'process',
            command: [process.execPath, '-e', PROGRAM],
            env: { PORT: '{port}' },
            models: { own: 'own' },
          },
        }
      : {}),
  };
  const command = startCommand(t, { config: { discover: false, server: { port: 0, drain }, providers } });
  return { upstream, command, url: await command.url };
}

/** A stream that has begun, and all of it once it has ended. */
async function beginStream(url: string) {
  const { statusCode, body } = await request(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', stream: true, messages: [] }),
  });
  let text = '';
  const begun = Promise.withResolvers<void>();
  const whole = (async () => {
    try {
      for await (const chunk of body) {
        text += String(chunk);
        if (text.includes('Hello')) begun.resolve();
      }
      return { statusCode, text, broken: false };
    } catch {
      return { statusCode, text, broken: true };
    }
  })();
  await begun.promise;
  return { whole };
}

/** The pid of the program that the gateway runs, once it is healthy. */
async function programOf(url: string): Promise<number> {
  for (;;) {
    const { providers } = (await (await request(`${url}/providers`)).body.json()) as {
      providers: { name: string; process?: { state: string; pid: number } }[];
    };
    const { state, pid } = providers.find(({ name }) => name === 'mine')?.process ?? {};
    if (state === 'healthy' && pid !== undefined) return pid;
    await sleep(50);
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Whether a connection is accepted. */
async function isOpen(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const open = await Promise.race([
    once(socket, 'connect').then(() => true),
    once(socket, 'error').then(() => false),
  ]).catch(() => false);
  socket.destroy();
  return open;
}

/** Settles once no new connection is taken. */
async function untilShut(url: string): Promise<void> {
  while (await isOpen(url)) await sleep(20);
}

/** ms until it has ended, and how. */
async function timed({ ended }: Command, since: number) {
  const how = await ended;
  return { ...how, ms: performance.now() - since };
}

/** A stream of 40 pieces. */
const LONG: UpstreamOptions = {
  interval: 0,
  text: ['Hello', ...Array.from({ length: 40 }, (_, at) => ` ${at}`)],
};

t.test(
  'on SIGTERM and SIGINT a running stream gets its time, new requests are refused, and no process is left',
  async (t) => {
    await Promise.all(
      (['SIGTERM', 'SIGINT'] as const).map(async (signal) => {
        const { upstream, command, url } = await start(t, { upstream: LONG, runs: true });
        const pid = await programOf(url);
        const shut = Promise.withResolvers<void>();
        upstream.behaveOnce('slow-finish', { until: shut.promise });
        const streaming = await beginStream(url);
        command.child.kill(signal);
        await untilShut(url);
        t.ok(upstream.active > 0, `${signal}: while the stream goes on`);
        shut.resolve();
        const { text, broken } = await streaming.whole;
        t.notOk(broken);
        t.match(text, /" 39"/, `${signal}: it is complete`);
        t.match(text, /data: \[DONE\]\n\n$/);
        t.equal(await upstream.left(upstream.posts[0]!), undefined, 'and so it was for the upstream');
        t.same(await command.ended, { code: 0, signal: null }, signal);
        t.notOk(lives(pid), `${signal}: the program that it ran is gone`);
        t.notMatch(command.stderr, /^ +at /m);
      }),
    );
  },
);

t.test('when the time is over a stream ends with an error, and never looks complete', async (t) => {
  const { upstream, command, url } = await start(t, { drain: '100ms' });
  upstream.behave('stall-after-content');
  const streaming = await beginStream(url);
  command.child.kill('SIGTERM');
  const { text, broken } = await streaming.whole;
  if (!broken) t.match(text, /data: \{"error":\{.*"code":"shutting_down"/);
  t.notMatch(text, '[DONE]');
  t.notMatch(text, /"finish_reason":"/);
  t.equal(await upstream.left(upstream.posts[0]!), 'mid-body', 'and its upstream stops');
  t.same(await command.ended, { code: 0, signal: null });
});

t.test('a second signal does not wait', async (t) => {
  const { upstream, command, url } = await start(t, { drain: '60s' });
  upstream.behave('stall-after-content');
  const streaming = await beginStream(url);
  command.child.kill('SIGINT');
  command.child.kill('SIGTERM');
  await untilShut(url);
  for (let turn = 0; turn < 6; turn++) await sleep(100);
  t.ok(lives(command.child.pid as number), 'the first does, and so does one that comes with it');
  const since = performance.now();
  command.child.kill('SIGINT');
  const { code, signal, ms } = await timed(command, since);
  t.ok(code === 0 || signal === 'SIGINT', `${code} ${signal}`);
  // `drain` is twice that.
  t.ok(ms < 30_000, `${Math.round(ms)} ms`);
  t.notMatch((await streaming.whole).text, '[DONE]');
});

t.test('with nothing running it ends at once, idle connections or not', async (t) => {
  const { command, url } = await start(t, { drain: '60s' });
  const idle = connect(Number(new URL(url).port), '127.0.0.1');
  idle.on('error', () => undefined);
  await once(idle, 'connect');
  t.equal((await request(`${url}/v1/models`)).statusCode, 200, 'another is kept alive');
  const since = performance.now();
  command.child.kill('SIGTERM');
  const { code, ms } = await timed(command, since);
  t.equal(code, 0);
  // `drain` is twice that.
  t.ok(ms < 30_000, `${Math.round(ms)} ms`);
});

t.test('when its parent process is gone without a signal, it ends in good order', async (t) => {
  const launcher = spawn(
    process.execPath,
    [
      '-e',
      `const { spawn } = require('child_process'); const child = spawn(process.execPath, ['main.ts', '--port', '0', '--config', process.argv[1]], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, SWITCHYARD_LAUNCHER: String(process.pid) } }); console.log(child.pid); child.stdout.pipe(process.stdout); setInterval(() => {}, 1000)`,
      testFolder(t, {
        'c.json':
          '{"discover": false, "providers": {"lab": {"use": "openai-compatible", "baseUrl": "http://127.0.0.1:9/v1", "models": {"m": "m"}}}}',
      }) + '/c.json',
    ],
    { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] },
  );
  t.teardown(() => launcher.kill('SIGKILL'));
  let said = '';
  for await (const chunk of launcher.stdout) {
    said += String(chunk);
    if (/^API: \S+\n/m.test(said)) break;
  }
  const pid = Number(said.split('\n')[0]);
  const url = /^API: (\S+)\/v1\n/m.exec(said)?.[1] as string;
  t.ok(await isOpen(url));
  launcher.kill('SIGKILL');
  t.teardown(() => void (lives(pid) && process.kill(pid, 'SIGKILL')));
  while (lives(pid)) await sleep(100);
  t.pass('it has ended');
});

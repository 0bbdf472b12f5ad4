// What the process that was replaced at a restart still answers, to clients that keep a connection to it.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { Agent, request, type Dispatcher } from 'undici';
import { startCommand } from '../command.ts';
import { testFolder } from '../test-folder.ts';
import { startUpstream } from '../upstream/upstream.ts';

t.test('it answers callers, and refuses changes that its successor would not hear of', async (t) => {
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const folder = testFolder(t, {});
  const file = join(folder, 'switchyard.json');
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } };
  writeFileSync(
    file,
    JSON.stringify({ discover: false, home: './home', server: { port: 0 }, providers: { lab } }),
  );
  const url = await startCommand(t, { args: ['--config', file] }).url;
  const [chatting, changing, reading, apart] = Array.from({ length: 4 }, () => new Agent()) as [
    Agent,
    Agent,
    Agent,
    Agent,
  ];
  t.teardown(() => Promise.all([chatting, changing, reading, apart].map((agent) => agent.destroy())));
  const ask = async (dispatcher: Agent, method: Dispatcher.HttpMethod, path: string, value?: object) => {
    const { statusCode, headers, body } = await request(url + path, {
      method,
      dispatcher,
      ...(value && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) }),
    });
    return { status: statusCode, headers, body: (await body.json()) as Record<string, unknown> };
  };
  for (const agent of [chatting, changing, reading]) await ask(agent, 'GET', '/health/live');
  const restarted = await ask(apart, 'POST', '/restart');
  t.equal(restarted.status, 200);
  const { pid } = restarted.body as { pid: number };
  t.teardown(() => process.kill(pid, 'SIGKILL'));

  const chat = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  t.match(await ask(chatting, 'POST', '/v1/chat/completions', chat), {
    status: 200,
    headers: { connection: 'close' },
  });
  t.match(await ask(reading, 'GET', '/health'), { status: 200, headers: { connection: 'close' } });
  const change = { strategy: 'random' };
  t.match(await ask(changing, 'POST', '/config/load-balancing', change), {
    status: 503,
    headers: { connection: 'close', 'retry-after': '2' },
    body: { error: { code: 'shutting_down', message: /another process has taken over.*send it again/ } },
  });
  const again = await ask(changing, 'POST', '/config/load-balancing', change);
  t.equal(again.status, 200, JSON.stringify(again.body));
  t.equal((await ask(apart, 'GET', '/config/load-balancing')).body.strategy, 'random');
});

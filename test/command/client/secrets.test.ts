// `switchyard secrets` and `switchyard start`: the real commands.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { request } from 'undici';
import { startCommand } from '../../command.ts';
import { testFolder } from '../../test-folder.ts';
import { startUpstream } from '../../upstream/upstream.ts';
import { run } from '../run.ts';

t.test('a secret is stored before the first start, and rotated in a running gateway', async (t) => {
  const upstream = await startUpstream();
  t.teardown(() => upstream.close());
  const folder = testFolder(t, {});
  const file = join(folder, 'switchyard.json');
  const lab = {
    use: 'openai-compatible',
    baseUrl: upstream.url,
    apiKey: '${secret:lab}',
    models: { m: 'm' },
  };
  writeFileSync(
    file,
    JSON.stringify({ discover: false, server: { port: 0 }, history: { enabled: false }, providers: { lab } }),
  );
  const secrets = (args: readonly string[], input = '', env = {}) =>
    run(['secrets', ...args], { input, env: { SWITCHYARD_CONFIG: file, ...env } });

  t.match(await secrets(['set', 'lab', 'planted']), { code: 2 }, 'a value is no argument');
  t.match(await secrets(['set', '9lab'], 'x'), { code: 2, stderr: /is no name/ });
  t.match(await secrets(['set', 'lab'], 'planted-first\n'), {
    code: 0,
    stdout: 'lab is stored\n',
    stderr: '',
  });
  t.notMatch(readFileSync(join(folder, '.switchyard/secrets.json'), 'utf8'), 'planted');
  t.match(await secrets(['list']), { code: 0, stdout: /^lab\t\d{4}-\S+\n$/ });
  t.match(await secrets(['remove', 'lab']), { code: 1, stderr: /refers to it \(providers\.lab\.apiKey\)/ });

  const gateway = startCommand(t, { args: ['--config', file] });
  const url = await gateway.url;
  const chat = async (): Promise<unknown> => {
    const body = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });
    const headers = { 'content-type': 'application/json' };
    const answer = await request(`${url}/v1/chat/completions`, { method: 'POST', headers, body });
    await answer.body.dump();
    return upstream.posts.at(-1)?.headers.authorization;
  };
  t.equal(await chat(), 'Bearer planted-first');
  await secrets(['set', 'lab'], 'planted-second');
  // The gateway has seen it when it says so.
  const seen = /secrets\.json changed: .* was reloaded: providers changed \(providers changed: lab\)/;
  while (!seen.test(gateway.stdout + gateway.stderr)) await sleep(20);
  t.equal(await chat(), 'Bearer planted-second');
  t.match(await secrets(['set', 'lab'], 'planted-third', { SWITCHYARD_URL: url }), {
    code: 0,
    stdout: 'lab is stored\n',
  });
  t.equal(await chat(), 'Bearer planted-third', 'over the API it holds at once');
  t.notMatch(gateway.stdout + gateway.stderr, 'planted');
});

import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyardFrom } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { startUpstream } from '../../upstream/upstream.ts';

const messages = [{ role: 'user', content: 'write to jane@example.org' }];

/** A gateway whose file can be changed while it runs. */
async function opened(t: Test, hooks: object) {
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const folder = testFolder(t);
  const file = join(folder, 'switchyard.json');
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } };
  const base = {
    discover: false,
    history: { enabled: false },
    home: join(folder, 'home'),
    providers: { lab },
  };
  const write = (config: object): void => writeFileSync(file, JSON.stringify({ ...base, ...config }));
  write(hooks);
  const switchyard = await startSwitchyardFrom(t, folder, { file });
  return {
    upstream,
    switchyard,
    reload: async (config: object): Promise<unknown> => {
      write(config);
      return (await switchyard.ask('/config/reload', { method: 'POST' })).json();
    },
    /** what the upstream got of a request */
    sent: async (): Promise<string> => {
      t.match(await switchyard.chat({ messages }), { status: 200 });
      return String(upstream.posts.at(-1)?.body);
    },
  };
}

t.test(
  'a hook that a reload changes or removes is in force as it is then, and no more as it was',
  async (t) => {
    const { sent, reload } = await opened(t, { redact: { find: ['email'] } });
    t.match(await sent(), 'write to [EMAIL_1]');
    t.match(await reload({ redact: { patterns: { verb: 'write' } } }), { success: true });
    t.match(await sent(), '[VERB_1] to jane@example.org');
    t.match(
      await reload({ redact: { patterns: { verb: '(' } } }),
      { error: {} },
      'nothing of it is in force',
    );
    t.match(await sent(), '[VERB_1] to jane@example.org');
    t.match(await reload({}), { success: true });
    t.match(await sent(), 'write to jane@example.org');
    t.match(await reload({ redact: { find: ['email'] } }), { success: true });
    t.match(await sent(), 'write to [EMAIL_1]');
  },
);

t.test('a request that is under way keeps the hook that it began with', async (t) => {
  const { upstream, switchyard, reload, sent } = await opened(t, { redact: { find: ['email'] } });
  const held = Promise.withResolvers<void>();
  upstream.behave('slow-first-byte', { until: held.promise });
  const running = switchyard.chat({ messages });
  await upstream.seen(1, ({ method }) => method === 'POST');
  t.match(await reload({}), { success: true });
  held.resolve();
  t.equal((await running).status, 200);
  upstream.behave('ok');
  t.match(await sent(), 'write to jane@example.org');
});

t.test(
  'a guardrail that a reload brings sees what its caller wrote, and one that it takes away is not asked',
  async (t) => {
    const questions: string[] = [];
    const guard = createServer(async (request, response) => {
      questions.push(Buffer.concat(await request.toArray()).toString());
      response.end('{"allow":true}');
    }).listen(0, '127.0.0.1');
    await once(guard, 'listening');
    const close = (): void => {
      guard.close();
      guard.closeAllConnections();
    };
    t.teardown(close);
    const redact = { find: ['email'] };
    const url = `http://127.0.0.1:${(guard.address() as AddressInfo).port}`;
    const { sent, reload } = await opened(t, { redact });
    t.match(await reload({ redact, guardrail: { url } }), { success: true });
    t.match(await sent(), 'write to [EMAIL_1]');
    t.match(questions, [/write to jane@example\.org/]);
    close();
    t.match(await reload({ redact }), { success: true });
    t.match(await sent(), 'write to [EMAIL_1]');
    t.equal(questions.length, 1);
  },
);

t.test('a cache that a reload turns off keeps and answers nothing', async (t) => {
  const { sent, reload, upstream } = await opened(t, { cache: { enabled: true } });
  await sent();
  await sent();
  t.equal(upstream.posts.length, 1);
  t.match(await reload({}), { success: true });
  await sent();
  await sent();
  t.equal(upstream.posts.length, 3);
});

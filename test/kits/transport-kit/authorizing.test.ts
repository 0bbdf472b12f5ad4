import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { startSwitchyard } from '../../switchyard.ts';
import { testFolder } from '../../test-folder.ts';
import { startUpstream } from '../../upstream/upstream.ts';

/** A provider whose requests are authorized by a promise, as `authorize` of its file says. */
function providerFile(folder: string, name: string, origin: string, authorize: string): string {
  const file = join(folder, `${name}.ts`);
  writeFileSync(
    file,
    `export default {
  name: '${name}',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create: ({ name }) => ({
    name, surfaces: ['chat'], models: { m: 'm' }, timeouts: {}, quirks: { streams: 'both', onLeave: 'abort' },
    request: (call) => ({ origin: '${origin}', path: '/v1' + call.path, method: call.method,
      headers: { 'content-type': 'application/json', 'x-known': 'yes' }, body: call.raw, authorize: ${authorize} }),
  }),
};
`,
  );
  return file;
}

t.test('a request is sent with headers that took time to be known', async (t) => {
  const folder = testFolder(t, {});
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const use = providerFile(
    folder,
    'signed',
    upstream.origin,
    "() => new Promise((resolve) => setTimeout(resolve, 5, { authorization: 'Signed 1' }))",
  );
  const switchyard = await startSwitchyard(t, { providers: { signed: { use } } });
  for (const stream of [false, true]) {
    t.equal((await switchyard.chat({ model: 'm', stream })).status, 200);
    t.match(upstream.posts.at(-1)?.headers, { authorization: 'Signed 1', 'x-known': 'yes' });
  }
});

t.test('a request that cannot be authorized goes to the next target, and the error says why', async (t) => {
  const folder = testFolder(t, {});
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const use = providerFile(
    folder,
    'signed',
    upstream.origin,
    "() => Promise.reject(new Error('there are no credentials'))",
  );
  const alone = await startSwitchyard(t, { providers: { signed: { use } } });
  const answer = await alone.chat({ model: 'm' });
  t.match(answer.json().error, { code: 'upstream_refused', message: /there are no credentials/ });
  const lab = { use: 'openai-compatible', baseUrl: upstream.url, models: { m: 'm' } };
  const both = await startSwitchyard(t, {
    strategy: { use: 'priority' },
    providers: { signed: { use }, lab },
  });
  const other = await both.chat({ model: 'm' });
  // Where its model list was asked for first, it is known to be out.
  t.match(other, { status: 200, headers: { 'x-switchyard-provider': 'lab' } });
});

t.test('a client that leaves meanwhile ends it: nothing is sent', async (t) => {
  const folder = testFolder(t, {});
  const upstream = await startUpstream({ interval: 0 });
  t.teardown(() => upstream.close());
  const use = providerFile(
    folder,
    'signed',
    upstream.origin,
    '() => new Promise((resolve) => { globalThis.authorizes = () => resolve({}); globalThis.asked?.(); })',
  );
  const held = globalThis as { asked?: () => void; authorizes?: () => void };
  const switchyard = await startSwitchyard(t, { providers: { signed: { use } } });
  const asked = new Promise<void>((resolve) => (held.asked = resolve));
  const leaving = new AbortController();
  const answer = switchyard.chat({ model: 'm' }, { signal: leaving.signal }).catch(() => undefined);
  await asked;
  leaving.abort();
  await answer;
  const inflight = () => switchyard.gateway.upstreams.get('signed')?.target('m').inflight;
  while (inflight() !== 0) await new Promise(setImmediate);
  held.authorizes?.();
  await new Promise(setImmediate);
  t.equal(upstream.posts.length, 0);
});

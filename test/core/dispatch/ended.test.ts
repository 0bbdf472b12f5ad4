/** A request that the gateway ends is told why, whatever had come of an answer, or was kept of one. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { openKeyed, type Keyed } from '../../plugins/auth/keyed.ts';
import { rawUpstream, until, upstream } from '../../in-front.ts';
import { openLab } from '../../lab.ts';
import { testFolder } from '../../test-folder.ts';

/** A refusal of which only a part comes. */
const partOf = (status: number): string =>
  `HTTP/1.1 ${status} No\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"error":{"message":"no`;

/** What a caller is told whose key is revoked while these are asked, one after the other. */
async function toldBy(t: Test, upstreams: Record<string, { readonly url: string }>, last: () => number) {
  const names = Object.keys(upstreams);
  const of = (name: string) => ({ use: 'openai-compatible', baseUrl: upstreams[name]!.url, apiKey: 'k' });
  const keyed: Keyed = await openKeyed(t, {
    config: {
      providers: Object.fromEntries(names.map((name) => [name, { ...of(name), models: { m: 'm' } }])),
      models: {
        m: {
          strategy: { use: 'priority' },
          targets: names.map((provider, priority) => ({ provider, priority })),
        },
      },
    },
  });
  const asked = keyed.chat(await keyed.make('app'));
  await until(
    () => last() > 0,
    () => 'the last of them is asked',
  );
  t.equal((await keyed.manage('POST', '/keys/app/revoke', { now: true })).json().ended, 1);
  return asked;
}

t.test('part of a refusal is not passed on instead', async (t) => {
  for (const status of [400, 429, 500]) {
    const one = await rawUpstream(t, partOf(status), 'hang');
    const answer = await toldBy(t, { one }, one.asked);
    t.match(answer.json().error, { code: 'key_revoked' }, `${status}`);
    t.equal(answer.status, 401);
  }
});

t.test('nor is the refusal of another that was asked before', async (t) => {
  const first = await upstream(t, 'first');
  first.behave('status-503');
  const second = await rawUpstream(t, '', 'hang');
  const answer = await toldBy(t, { first, second }, second.asked);
  t.match(answer.json().error, { code: 'key_revoked' });
});

/** Counts elsewhere, as several gateways do, and the key is ended meanwhile if a header says so. */
const SLOW = `
import { GatewayError } from '${join(import.meta.dirname, '../../../core/errors.ts')}';
export default {
  name: 'slow',
  after: ['auth'],
  options: { type: 'object', properties: {} },
  create(_options, { app }) {
    app.addHook('preHandler', (request, _reply, done) => {
      const { caller } = request;
      if (!caller || request.headers['x-end'] === undefined) return done();
      const begin = (work) => {
        const ticket = caller.begin(work);
        return new Promise((resolve) => setImmediate(() => {
          work.end(new GatewayError('key_revoked', 'the key was revoked'));
          resolve(ticket);
        }));
      };
      request.caller = { id: caller.id, name: caller.name, allowsModel: () => true, begin };
      done();
    });
  },
};`;

t.test('a kept answer is not sent to a request that was ended while it was counted', async (t) => {
  const folder = testFolder(t, { 'slow.mjs': SLOW });
  const { switchyard, upstream: lab } = await openLab(t, {
    config: {
      home: folder,
      plugins: [`${folder}/slow.mjs`],
      server: { apiKeys: ['caller-key-1'] },
      cache: { enabled: true },
    },
  });
  const ask = (headers = {}) =>
    switchyard.chat({}, { headers: { authorization: 'Bearer caller-key-1', ...headers } });
  t.equal((await ask()).headers['x-switchyard-cache'], 'miss');
  t.equal((await ask()).headers['x-switchyard-cache'], 'hit');
  const ended = await ask({ 'x-end': '1' });
  t.match(ended.json().error, { code: 'key_revoked' });
  t.equal(ended.headers['x-switchyard-cache'], undefined);
  t.equal(lab.posts.length, 1);
});

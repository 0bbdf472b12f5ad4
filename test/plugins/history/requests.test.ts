import { statSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { folder, keeping, pages, until, upstream } from './keep.ts';

t.test('after a restart each request is in the list once, whole and in order', async (t) => {
  const home = await folder(t);
  const one = await upstream(t);
  const first = await keeping(t, home, { one }, { traces: { keep: 5 } });
  for (let at = 0; at < 12; at++) await first.chat({ stream: at % 2 === 0 });
  one.behave('status-503', { headers: { 'x-request-id': 'theirs-1' } });
  await first.chat();
  const before = await pages(first);
  t.equal(before.length, 13, 'five in memory, all on disk');
  const whole = await Promise.all(before.map(({ id }) => first.trace(id)));
  await first.close();
  t.equal(statSync(join(home, 'history.db')).mode & 0o777, 0o600);

  one.behave('ok');
  const second = await keeping(t, home, { one }, { traces: { keep: 5 } });
  t.strictSame(await pages(second), before);
  t.strictSame(await Promise.all(before.map(({ id }) => second.trace(id))), whole);
  t.match(
    await second.trace('theirs-1'),
    { id: before[0]?.id, status: 503 },
    "found by an upstream's own id",
  );
  for (let at = 0; at < 8; at++) await second.chat();
  const after = await pages(second);
  t.equal(after.length, 21);
  t.strictSame(after.slice(8), before);
  t.equal(new Set(after.map(({ id }) => id)).size, 21);
  t.strictSame(
    after,
    after.toSorted((a, b) => (a.id < b.id ? 1 : -1)),
    'newest first',
  );
});

t.test('a list is filtered in memory and on disk alike', async (t) => {
  const home = await folder(t);
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two_2')];
  const server = { apiKeys: ['the-first-key', 'the-second-key'] };
  const config = { server, traces: { keep: 4 }, models: { m: { targets: [{ provider: 'one' }] } } };
  const switchyard = await keeping(t, home, { one, two_2: two }, config);
  const ask = (body: object, key = 'the-first-key', path = '') =>
    switchyard.ask(`/v1/chat/completions${path}`, {
      headers: { authorization: `Bearer ${key}` },
      body: { model: 'm', messages: [], ...body },
    });
  for (let at = 0; at < 6; at++) await ask({});
  await ask({ model: 'other' }, 'the-second-key', '?provider=two-2');
  const middle = new Date().toISOString();
  await until(() => new Date().toISOString() > middle, 'the clock goes on');
  one.behave('status-404');
  await ask({});
  one.behave('status-500');
  await ask({});
  one.behave('cut-after-content');
  await ask({ stream: true });
  one.behave('ok');
  for (let at = 0; at < 6; at++) await ask({});

  const count = async (query: string): Promise<number> => {
    let total = 0;
    let next = '';
    do {
      const page = (
        await switchyard.ask(`/requests?limit=3&before=${next}&${query}`, {
          headers: { 'x-api-key': 'the-first-key' },
        })
      ).json();
      total += page.data.length;
      next = page.next;
    } while (next !== null);
    return total;
  };
  for (const [query, expected] of [
    ['', 16],
    ['model=m', 15],
    ['model=other', 1],
    ['model=OTHER', 0],
    ['provider=one', 15],
    ['provider=TWO-2', 1],
    ['status=404', 1],
    ['status=4xx', 1],
    ['status=5xx', 1],
    ['status=200', 14],
    ['ending=complete', 13],
    ['ending=cut', 1],
    ['ending=refused', 2],
    ['key=key%201', 15],
    ['key=key%202', 1],
    [`until=${middle}`, 7],
    [`since=${middle}`, 9],
    [`since=${middle}&ending=complete`, 6],
    ['q=OTHER', 1],
    ['q=two_2', 1],
    ['q=%25', 0],
    ['q=answered%20500', 1],
  ] as const)
    t.equal(await count(query), expected, query || 'all');
});

t.test('active requests are in the list, and their key is named and never shown', async (t) => {
  const one = await upstream(t);
  const apiKey = 'a-very-secret-key';
  const switchyard = await keeping(t, await folder(t), { one }, { server: { apiKeys: [apiKey] } });
  const headers = { authorization: `Bearer ${apiKey}` };
  one.behave('stall-before-head');
  const disconnect = new AbortController();
  const answer = switchyard.chat({}, { headers, signal: disconnect.signal });
  await one.seen(1);
  const { text, json } = await switchyard.ask('/requests', { headers });
  t.match(json().data, [{ ending: null, status: null, ms: null, key: 'key 1' }]);
  t.notMatch(text, apiKey);
  disconnect.abort();
  await t.rejects(answer);
  const ended = async () => (await switchyard.ask('/requests?ending=left', { headers })).json().data;
  await until(async () => (await ended()).length === 1, 'it has ended');
  t.match(await ended(), [{ key: 'key 1', provider: 'one', target: 'one/m', attempts: 1, ms: Number }]);
});

t.test('bodies are shown while they are captured, up to the limit, and without the key', async (t) => {
  const one = await upstream(t);
  const config = { traces: { capture: { enabled: true, limit: 100 } } };
  const switchyard = await keeping(t, await folder(t), { one }, config);
  const body = JSON.stringify({
    model: 'm',
    stream: true,
    messages: [{ role: 'user', content: 'x'.repeat(500) }],
  });
  const streamed = await switchyard.ask('/v1/chat/completions', {
    body,
    headers: { authorization: 'Bearer a-callers-own-key' },
  });
  const { bodies } = await switchyard.trace();
  t.strictSame(bodies, {
    request: body.slice(0, 100),
    requestBytes: body.length,
    answer: Buffer.from(streamed.text).subarray(0, 100).toString(),
    answerBytes: Buffer.byteLength(streamed.text),
  });
  t.notMatch(JSON.stringify(await switchyard.trace()), 'a-callers-own-key');
  const whole = await switchyard.chat({ stream: false });
  t.equal((await switchyard.trace()).bodies.answerBytes, Buffer.byteLength(whole.text));
  const plain = await keeping(t, await folder(t), { one });
  await plain.chat();
  t.notHas(await plain.trace(), 'bodies', 'off: nothing');
});

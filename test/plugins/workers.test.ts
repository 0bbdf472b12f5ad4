import t, { type Test } from 'tap';
import { gatewayInFront, idle, opened, ownProvider, post, upstream } from '../in-front.ts';
import type { Switchyard, Parsed } from '../switchyard.ts';

const LONG = 'word '.repeat(60_000);
/** lists of text parts, which such a provider does not take */
const parts = (text: string) => [{ role: 'user', content: [{ type: 'text', text }] }];

async function start(t: Test, workers: object, members = '') {
  const one = await upstream(t, 'one', { text: [LONG], interval: 0 });
  const use = ownProvider(t, { content: 'string', tidy: true, streams: 'never' }, members);
  const switchyard = await gatewayInFront(t, { one }, { each: { use }, workers });
  return { one, switchyard };
}

/** Threads at work besides the one that is the gateway. */
const busy = (switchyard: Switchyard): boolean => switchyard.gateway.formats.offload !== undefined;

t.test('a long body is translated the same in every thread', async (t) => {
  const answers: Parsed[] = [];
  for (const workers of [{ threads: 0 }, { threads: 1 }]) {
    const { one, switchyard } = await start(t, workers);
    t.equal(busy(switchyard), workers.threads === 1);
    for (const stream of [false, true]) {
      const answer = await switchyard.chat({ messages: parts(LONG), stream });
      t.equal(answer.status, 200);
      t.equal((stream ? answer.content : answer.json().choices[0].message.content) === LONG, true);
      const asked = one.posts.at(-1)!.fields() as Parsed;
      t.equal(asked.messages[0].content === LONG, true, 'one string, as it takes it');
      t.equal(asked.stream ?? false, false);
      answers.push(answer.text.replaceAll(/\d{8,}/g, '#'));
    }
    await idle(switchyard);
  }
  t.equal(answers[0] === answers[2] && answers[1] === answers[3], true);
});

t.test('a long body without a translation is refused as a short one is', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(
    t,
    { one },
    { each: { surfaces: ['completions'] }, workers: { threads: 1 } },
  );
  const call = (text: string) =>
    switchyard.chat({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'image_url', image_url: text }] }],
    });
  const [short, long] = [await call('x'), await call(LONG)];
  t.ok(short.status >= 400 && short.status < 500, `${short.status} ${short.text}`);
  t.equal(long.status, short.status);
  t.equal(long.json().error.code, short.json().error.code);
  t.equal(one.posts.length, 0);
  one.behave('status', { code: 200, body: `{"not": "json", ${LONG}` });
  const broken = await start(t, { threads: 1 });
  broken.one.behave('status', { code: 200, body: `{"not": "json", ${LONG}` });
  t.equal((await broken.switchyard.chat()).json().error.code, 'upstream_malformed');
});

t.test('a client disconnect during a translation costs nothing, and frees its slot', async (t) => {
  const one = await upstream(t, 'one', { text: [LONG], interval: 0 });
  const use = ownProvider(t, { content: 'string' });
  const switchyard = await gatewayInFront(
    t,
    { one },
    { each: { use, concurrency: 1 }, workers: { threads: 1 } },
  );
  const disconnect = new AbortController();
  const answer = opened(switchyard, { messages: parts(LONG.repeat(10)) }, disconnect.signal).catch(
    () => undefined,
  );
  setTimeout(() => disconnect.abort(), 20);
  await answer;
  t.equal((await switchyard.chat({ messages: parts(LONG) })).status, 200);
  t.ok(one.requests.filter(post).length <= 2);
  await idle(switchyard);
});

import { request } from 'node:http';
import { once } from 'node:events';
import t from 'tap';
import type { Switchyard } from '../../switchyard.ts';
import {
  bytesFrom,
  errorOf,
  gatewayInFront,
  ownProvider,
  surfaces,
  targetOf,
  upstream,
} from '../../in-front.ts';
import { isTold, patient } from './told.ts';

const DEEP = '['.repeat(200_000) + ']'.repeat(200_000);

for (const transport of ['auto', 'undici']) {
  t.test(`a head that Node’s clients would refuse is retried on another target (${transport})`, async (t) => {
    const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
    const switchyard = await gatewayInFront(t, { one, two }, { ...patient, transport });
    for (const kib of [16, 17, 40, 63, 70])
      for (const code of [200, 400])
        await isTold(
          t,
          [switchyard, one, two],
          (bad) => bad.behave('status', { code, body: '{}', headers: { 'x-long': 'x'.repeat(kib * 1024) } }),
          /head/i,
        );
    // Whatever passes can be read by the client with what the gateway adds.
    for (const length of [1_000, 8_000, 14_000, 14_900, 15_300, 15_700, 16_100]) {
      const headers = { 'x-long': 'x'.repeat(length) };
      for (const each of [one, two])
        each.behave('status', { code: 400, body: { error: { message: 'no' } }, headers });
      t.ok([400, 502].includes(await statusFor(switchyard)), `${length} bytes`);
    }
  });

  t.test(`an invalid status is retried on another target (${transport})`, async (t) => {
    const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
    const switchyard = await gatewayInFront(t, { one, two }, { ...patient, transport });
    for (const code of [600, 777, 999])
      for (const stream of [true, false])
        await isTold(
          t,
          [switchyard, one, two],
          (bad) => bad.behave('status', { code }),
          new RegExp(String(code)),
          { stream },
        );
  });
}

t.test('JSON that is nested too deep is retried on another target, in any answer', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const switchyard = await gatewayInFront(t, { one, two }, patient);
  const folding = await gatewayInFront(
    t,
    { one, two },
    { ...patient, each: { use: ownProvider(t, { streams: 'only' }) } },
  );
  const tidying = await gatewayInFront(
    t,
    { one, two },
    { ...patient, each: { use: ownProvider(t, { tidy: true }) } },
  );
  const event = `data: {"choices":[{"index":0,"delta":{"content":"a","x":${DEEP}}}]}\n\n`;
  const short = `{"choices":[{"index":0,"message":{"content":${'['.repeat(20_000)}${']'.repeat(20_000)}}}]}`;
  const long = `{"choices":[{"index":0,"message":{"content":${DEEP}}}]}`;
  const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n';
  const content = 'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
  for (const [what, which, stream, body] of [
    ['an event', switchyard, true, event],
    ['an event to be folded', folding, false, event],
    ['an event to be folded after content', folding, false, `${role}${content}${event}`],
    ['an event to be tidied', tidying, true, event],
    ['an answer', switchyard, false, short],
    ['a long answer', switchyard, false, long],
    ['an answer to be unfolded', switchyard, true, short],
    ['a long answer to be unfolded', switchyard, true, long],
    ['an answer to be tidied', tidying, false, long],
    ['a list', switchyard, false, DEEP],
  ] as const)
    await t.test(what, (t) =>
      isTold(
        t,
        [which, one, two],
        (bad) =>
          bad.behave('status', {
            code: 200,
            body,
            contentType: body.startsWith('data') ? 'text/event-stream' : 'application/json',
          }),
        /one .*|two .*/,
        { stream },
      ),
    );
  t.equal(switchyard.log.filter((line) => line.includes('a reason of our own')).length, 0);
});

t.test('a refusal that is nested too deep is passed on as text', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, patient);
  for (const body of [DEEP, `{"detail":${DEEP}}`, `{"error":{"message":${DEEP}}}`]) {
    one.behave('status', { code: 400, body });
    const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat');
    t.equal(answer.status, 400);
    t.match(errorOf(answer.body.toString()), { message: /^one answered 400: / });
  }
});

t.test('an internal error is retried on another target, and does not count against the first', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const plugin = ownProvider(t, {}, 'retryable() { throw new Error("a fault of the plugin"); }');
  const switchyard = await gatewayInFront(
    t,
    { one, two },
    { only: { one: { use: plugin } }, breaker: { failures: 2 } },
  );
  one.behave('status', { code: 400 });
  for (let turn = 0; turn < 8; turn++)
    t.match(await bytesFrom(`${switchyard.url}/v1`, 'chat'), { status: 200 });
  t.equal(targetOf(switchyard, 'one').blocks(switchyard.gateway.now()).size, 0);
  t.equal(targetOf(switchyard, 'one').stats.errorRate, 0);
  one.behave('ok');
  t.match(await switchyard.ask('/providers/one'), { status: 200 });
});

/** Of an answer as a client of Node’s own sees it, which throws at a head that is too long. */
async function statusFor({ url }: Switchyard): Promise<number> {
  const asked = request(`${url}/v1/chat/completions`, {
    method: 'POST',
    agent: false,
    headers: { 'content-type': 'application/json', origin: 'http://localhost:3000' },
  });
  asked.end(JSON.stringify(surfaces.chat.body));
  const [response] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode ?? 0;
}

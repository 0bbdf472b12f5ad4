import { request } from 'node:http';
import { once } from 'node:events';
import t, { type Test } from 'tap';
import { MOST_PARTS } from '../../../wire/json.ts';
import type { Switchyard } from '../../switchyard.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import {
  bytesFrom,
  errorOf,
  gatewayInFront,
  ownProvider,
  surfaces,
  targetOf,
  upstream,
  type SurfaceName,
} from '../../in-front.ts';

/** Its targets may fail again and again, and another is always asked. */
const patient = { breaker: { failures: 1_000, minimum: 1_000 }, retry: { budget: 1 } };
const DEEP = '['.repeat(200_000) + ']'.repeat(200_000);

type Plant = (upstream: Upstream) => void;

/** What `plant` does is another target's chance, and told as the upstream's fault where all do it. */
async function isTold(
  t: Test,
  [switchyard, one, two]: readonly [Switchyard, Upstream, Upstream],
  plant: Plant,
  message: RegExp,
  { surface = 'chat', ...more }: { surface?: SurfaceName; stream?: boolean } = {},
): Promise<void> {
  for (const [bad, good] of [
    [one, two],
    [two, one],
  ] as const) {
    plant(bad);
    good.behave('ok');
    t.match(await bytesFrom(`${switchyard.url}/v1`, surface, more), { status: 200 }, String(message));
  }
  plant(one);
  plant(two);
  const { status, body } = await bytesFrom(`${switchyard.url}/v1`, surface, more);
  t.equal(status, 502);
  t.match(errorOf(body.toString()), { type: 'upstream_error', message });
}

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

t.test(
  'JSON of more parts than are read in one turn is retried on another target, where it is to be written again',
  async (t) => {
    const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
    const switchyard = await gatewayInFront(t, { one, two }, patient);
    const folding = await gatewayInFront(
      t,
      { one, two },
      { ...patient, each: { use: ownProvider(t, { streams: 'only' }) } },
    );
    const many = `[${Array(MOST_PARTS).fill('{}').join()}]`;
    const eventWith = (member: string): string =>
      `data: {"choices":[{"index":0,"delta":{"content":"a"}}],${member}}\n\n`;
    const numbers = `[${Array(MOST_PARTS).fill('7').join()}]`;
    const choices = Array.from({ length: 1_026 }, (_, index) => `{"index":${index},"delta":{"content":"a"}}`);
    const role = 'data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n';
    for (const [what, which, stream, body] of [
      ['an event', folding, false, `${role}${eventWith(`"x":${many}`)}`],
      ['an event that counts', folding, false, `${role}${eventWith(`"usage":{"x":${many}}`)}`],
      ['an event of choices', switchyard, true, `data: {"choices":${many}}\n\n`],
      ['an event of a few more choices', switchyard, true, `data: {"choices":[${choices.join()}]}\n\n`],
      [
        'choices one by one',
        folding,
        false,
        choices.map((choice) => `data: {"choices":[${choice}]}\n\n`).join(''),
      ],
      [
        'an event of tool calls',
        folding,
        false,
        `${role}data: {"choices":[{"delta":{"tool_calls":${many}}}]}\n\n`,
      ],
      [
        'an event of long numbers',
        folding,
        false,
        eventWith(`"x":${numbers.replace('7', '9007199254740993')}`),
      ],
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
          /sent more than /,
          { stream },
        ),
      );
    t.equal(switchyard.log.filter((line) => line.includes('a reason of our own')).length, 0);
    const end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
    for (const member of [`"x":${many}`, `"x":${numbers}`, `"usage":{"x":${many}}`]) {
      const body = `${eventWith(member)}${end}`;
      for (const each of [one, two])
        each.behave('status', { code: 200, body, contentType: 'text/event-stream' });
      const passed = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: true });
      t.equal(passed.status, 200, 'of what passes only a copy is read');
      t.equal(passed.body.toString(), body);
    }
  },
);

t.test('a long response with 20 log probabilities a token is passed on', async (t) => {
  const one = await upstream(t, 'one');
  const switchyard = await gatewayInFront(t, { one }, patient);
  const token = '"token":" the","logprob":-12.345678,"bytes":[32,116,104,101]';
  const each = `{${token},"top_logprobs":[${Array(20).fill(`{${token}}`).join()}]}`;
  const logprobs = `[${Array(MOST_PARTS / 100)
    .fill(each)
    .join()}]`;
  const output = `[{"id":"msg_1","type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","text":"the","annotations":[],"logprobs":${logprobs}}]}]`;
  const response = (status: string, parts: string): string =>
    `{"id":"resp_1","object":"response","created_at":1,"model":"m","status":"${status}","error":null,"output":${parts}}`;
  const event = (type: string, more: string): string =>
    `event: ${type}\ndata: {"type":"${type}",${more}}\n\n`;
  const body = [
    event('response.created', `"sequence_number":0,"response":${response('in_progress', '[]')}`),
    event(
      'response.output_text.delta',
      '"sequence_number":1,"item_id":"msg_1","output_index":0,"content_index":0,"delta":"the"',
    ),
    event(
      'response.output_text.done',
      `"sequence_number":2,"item_id":"msg_1","output_index":0,"content_index":0,"text":"the","logprobs":${logprobs}`,
    ),
    event('response.completed', `"sequence_number":3,"response":${response('completed', output)}`),
  ].join('');
  for (const [stream, text] of [
    [true, body],
    [false, response('completed', output)],
  ] as const) {
    const contentType = stream ? 'text/event-stream' : 'application/json';
    one.behave('status', { code: 200, body: text, contentType });
    const answer = await bytesFrom(`${switchyard.url}/v1`, 'responses', { stream });
    t.equal(answer.status, 200);
    t.ok(answer.body.equals(Buffer.from(text)), 'byte for byte');
  }
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

import t from 'tap';
import { MOST_PARTS } from '../../../wire/json.ts';
import type { Upstream } from '../../upstream/upstream.ts';
import { bytesFrom, gatewayInFront, ownProvider, upstream } from '../../in-front.ts';
import { isTold, patient } from './told.ts';

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

t.test('a JSON answer of more values than are written as events is retried on another target', async (t) => {
  const [one, two] = [await upstream(t, 'one'), await upstream(t, 'two')];
  const choice = '{"index":0,"message":{"content":"a"},"finish_reason":"stop"}';
  const choices = (count: number): string => `{"choices":[${Array(count).fill(choice).join()}]}`;
  const lots = Array(200_000).fill(1).join();
  for (const threads of [0, 1]) {
    const front = { ...patient, each: { use: ownProvider(t, { streams: 'never' }) }, workers: { threads } };
    const switchyard = await gatewayInFront(t, { one, two }, front);
    const says = (body: string) => (bad: Upstream) => bad.behave('status', { code: 200, body });
    await isTold(t, [switchyard, one, two], says(choices(30_000)), /sent more than 100000 /, {
      stream: true,
    });
    await isTold(
      t,
      [switchyard, one, two],
      says(`{"x":[${Array(4_000_100).fill(1).join()}]}`),
      /sent more than 4000000 /,
      {
        stream: true,
      },
    );
    for (const each of [one, two])
      says(`{"choices":[${choice.replace('}', `},"logprobs":{"content":[${lots}]}`)}]}`)(each);
    const answer = await bytesFrom(`${switchyard.url}/v1`, 'chat', { stream: true });
    t.equal(answer.status, 200, 'log probabilities are not counted');
    t.ok(answer.body.includes(lots), 'and they are not left out');
  }
});

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

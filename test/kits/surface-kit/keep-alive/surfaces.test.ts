import t from 'tap';
import { Caller, EVENTS } from '../../../core/manual-upstream.ts';
import { PING, WHOLE, sse, start, withoutComments } from './silent-upstream.ts';

t.jobs = 4;

t.test('a whole JSON answer after comments becomes events', async (t) => {
  const { switchyard, one } = await start(t);
  const caller = new Caller(switchyard);
  const asked = await one.asked(0);
  await caller.hears(PING);
  asked.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(WHOLE));
  t.match(
    await caller.whole(),
    /^(: .*\n+)+(data: .*\n\n)*data: .*"Hello".*\n\n(data: .*\n\n)*data: \[DONE\]\n\n$/,
  );
});

t.test("Anthropic's messages have pings, followed by named events", async (t) => {
  const { switchyard, one } = await start(t);
  const content = [{ type: 'text', text: 'Hello' }];
  const message = {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'm',
    stop_reason: 'end_turn',
    content,
  };
  const named = (...events: object[]): string =>
    events.map((event) => `event: ${(event as { type: string }).type}\n${sse(event)}`).join('');
  const refusal = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const streamed = named(
    { type: 'message_start', message: { ...message, stop_reason: null, content: [] } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' } },
    { type: 'message_stop' },
  );
  const json = { 'content-type': 'application/json' };
  for (const [nth, [status, headers, body, expected]] of (
    [
      [200, EVENTS, streamed, streamed],
      [
        200,
        json,
        JSON.stringify(message),
        /^event: message_start\n[^]*"Hello"[^]*event: message_stop\n.*\n\n?$/,
      ],
      [529, json, JSON.stringify(refusal, null, 2), named(refusal)],
    ] as const
  ).entries()) {
    const caller = new Caller(switchyard, '/messages', { max_tokens: 9 });
    const asked = await one.asked(nth);
    await caller.hears(/^event: ping\ndata: \{"type":"ping"\}\n\n/);
    asked.writeHead(status, headers).end(body);
    const said = withoutComments((await caller.whole()).replace(/event: ping\ndata: .*\n\n/g, ''));
    if (typeof expected === 'string') t.equal(said, withoutComments(expected));
    else t.match(said, expected);
  }
});

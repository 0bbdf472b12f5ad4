import t from 'tap';
import { recorded, startStandIn, type Reply } from '../../../../servers/stand-in.ts';
import { readRecording } from '../../../../upstream/recordings.ts';
import { HI, MESSAGES, before } from './provider-of-messages.ts';

t.test('tokens of a stream are told to a caller that asks for them alone', async (t) => {
  const server = await startStandIn(t, {
    [MESSAGES]: recorded('anthropic/anthropic-message-delta-input-tokens.chunks.txt'),
  });
  const { switchyard } = await before(t, server);
  const silent = await switchyard.chat({ ...HI, stream: true });
  t.ok(silent.events.slice(0, -1).every((data) => !('usage' in JSON.parse(data))));
  const counted = await switchyard.chat({ ...HI, stream: true, stream_options: { include_usage: true } });
  t.match(JSON.parse(counted.events.at(-2) as string), {
    choices: [],
    usage: { prompt_tokens: 61, completion_tokens: 2 },
  });
});

/** The first events of a recorded stream; then the body ends well or breaks. */
const begins =
  (file: string, count: number, then: 'end' | 'break'): Reply =>
  ({ response }) => {
    const events = readRecording(file)
      .body.toString()
      .split(/(?<=\n\n)/);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const text = events.slice(0, count).join('');
    if (then === 'end') response.end(text);
    else response.write(text, () => response.socket?.destroySoon());
  };

t.test(
  'a stream that is cut anywhere after content is told as cut, and before it is another’s chance',
  async (t) => {
    const server = await startStandIn(t, {});
    const { switchyard } = await before(t, server);
    const file = 'anthropic/anthropic-text.chunks.txt';
    const events = readRecording(file)
      .body.toString()
      .split(/(?<=\n\n)/);
    const [first, reason] = ['text_delta', 'message_delta'].map((word) =>
      events.findIndex((event) => event.includes(word)),
    );
    for (const then of ['end', 'break'] as const)
      for (const count of [first! + 1, reason! - 1, reason!]) {
        server.replies[MESSAGES] = begins(file, count, then);
        const answer = await switchyard.chat({ ...HI, stream: true });
        t.match(
          JSON.parse(answer.events.at(-1) as string),
          { error: { code: 'stream_cut' } },
          `${count} ${then}`,
        );
        t.notMatch(answer.text, /"finish_reason":"/);
      }
    server.replies[MESSAGES] = begins(file, reason! + 1, 'end');
    t.equal(
      (await switchyard.chat({ ...HI, stream: true })).events.at(-1),
      '[DONE]',
      'only the closing event is missing',
    );
    server.replies[MESSAGES] = begins(file, first!, 'end');
    t.match(await switchyard.chat({ ...HI, stream: true }), { status: 502 });
    server.replies[MESSAGES] = recorded('anthropic/spliced-message-start.chunks.txt');
    const spliced = await switchyard.chat({ ...HI, stream: true });
    t.match(JSON.parse(spliced.events.at(-1) as string), { error: { message: /a second message began/ } });
  },
);

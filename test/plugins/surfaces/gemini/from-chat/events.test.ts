/** Streams of the Gemini API, as a caller of chat completions reads them. */
import t from 'tap';
import { recorded, startStandIn, streams, type Reply } from '../../../../servers/stand-in.ts';
import { readRecording } from '../../../../upstream/recordings.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { before, HI, piece, STREAM } from './provider-of-gemini.ts';

/** So much of a recorded stream, and then the body ends well or breaks. */
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

t.test('arguments of a tool come as they come', async (t) => {
  const file = 'google/google-vertex-stream-tool-call-arguments-nested.1.chunks.txt';
  const server = await startStandIn(t, { [STREAM]: recorded(file) });
  const { switchyard } = await before(t, server);
  const { events } = await switchyard.chat({ ...HI, stream: true });
  const fragments = events.slice(0, -1).flatMap((data) => JSON.parse(data).choices[0].delta.tool_calls ?? []);
  t.ok(fragments.length > 50);
  t.ok(fragments.every(({ index }: Parsed) => index === 0));
  t.equal(new Set(fragments.map(({ id }: Parsed) => id).filter(Boolean)).size, 1);
});

t.test('a whole answer is a stream for a caller that wants one', async (t) => {
  const server = await startStandIn(t, { [STREAM]: recorded('google/google-tool-call.json') });
  const { client } = await before(t, server);
  const completion: Parsed = await client.chat.completions.stream(HI).finalChatCompletion();
  t.match(completion.choices[0], {
    finish_reason: 'tool_calls',
    message: { tool_calls: [{ function: { name: 'weather' } }] },
  });
});

t.test(
  'a stream cut after content ends with an error, and before content another target is asked',
  async (t) => {
    const server = await startStandIn(t, {});
    const { switchyard } = await before(t, server);
    const file = 'google/google-text.chunks.txt';
    for (const then of ['end', 'break'] as const)
      for (const count of [1, 2]) {
        server.replies[STREAM] = begins(file, count, then);
        const answer = await switchyard.chat({ ...HI, stream: true });
        t.match(
          JSON.parse(answer.events.at(-1) as string),
          { error: { code: 'stream_cut' } },
          `${count} ${then}`,
        );
        t.notMatch(answer.text, /"finish_reason":"/);
      }
    server.replies[STREAM] = begins(file, 0, 'end');
    t.match(await switchyard.chat({ ...HI, stream: true }), { status: 502 });
    const error = { error: { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' } };
    server.replies[STREAM] = streams([piece([{ text: 'a' }]), error]);
    const failed = await switchyard.chat({ ...HI, stream: true });
    t.match(JSON.parse(failed.events.at(-1) as string), { error: { message: /overloaded/ } });
    server.replies[STREAM] = streams([error]);
    t.match(await switchyard.chat({ ...HI, stream: true }), { status: 502 });
  },
);

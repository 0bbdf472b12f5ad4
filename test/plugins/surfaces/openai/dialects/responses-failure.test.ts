/** How a response ends that has begun and fails: OpenAI's SDKs throw at `error`, and Codex reads `response.failed` alone. */
import OpenAI from 'openai-7';
import t, { type Test } from 'tap';
import { readRecording } from '../../../../upstream/recordings.ts';
import { openaiSchema } from '../../../../openai-schema.ts';
import {
  CHAT,
  chunk,
  gatewayBefore,
  startStandIn,
  streams,
  type Reply,
} from '../../../../servers/stand-in.ts';
import type { Parsed } from '../recorded.ts';

const RESPONSES = 'POST /v1/responses';
const RECORDED = 'openai/responses--openai-phase.1.chunks.txt';
const begun = readRecording(RECORDED)
  .body.toString()
  .split(/(?<=\n\n)/);
const half = begun.slice(0, begun.findIndex((event) => event.includes('output_text.delta')) + 2).join('');
const body = { model: 'm', input: 'hi', stream: true };

const sends =
  (text: string, then: 'end' | 'break' | 'nothing' = 'end'): Reply =>
  ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (then === 'end') response.end(text);
    else response.write(text, () => then === 'break' && response.socket?.destroySoon());
  };

const parsed = (events: readonly string[]): Parsed[] => events.map((data) => JSON.parse(data));
const fits = openaiSchema('ResponseFailedEvent');

function isEnd(t: Test, events: Parsed[], expected: object): void {
  const [error, failed] = events.slice(-2);
  t.match(error, { type: 'error', error: expected });
  t.match(failed, {
    type: 'response.failed',
    response: { status: 'failed', error: { code: 'server_error' } },
  });
  t.match(failed.response.id, events[0].response.id);
  t.strictSame(
    events.map(({ sequence_number }) => sequence_number),
    events.map((_, nth) => nth),
    'the numbers go on',
  );
}

t.test('a stream that breaks, ends or stalls in the middle', async (t) => {
  const server = await startStandIn(t, {});
  const timeouts = { idle: 500 };
  const switchyard = await gatewayBefore(t, { server }, { timeouts });
  for (const [then, code] of [
    ['end', 'stream_cut'],
    ['break', 'stream_cut'],
    ['nothing', 'stream_stalled'],
  ] as const) {
    server.replies[RESPONSES] = sends(half, then);
    const { events, text } = await switchyard.ask('/v1/responses', { body });
    t.ok(text.startsWith(half), 'what came before it passes as it came');
    isEnd(t, parsed(events), { code, message: /server/ });
    t.match(text, /\nevent: error\n[^]*\nevent: response\.failed\n/);
  }
});

t.test("the upstream's own words pass, and end as its own API ends them", async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const said = { type: 'server_error', code: 'server_error', message: 'Out of memory', param: null };
  const failed = {
    type: 'response.failed',
    sequence_number: 5,
    response: { id: 'r', status: 'failed', error: said },
  };
  const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
  const own = half + event({ type: 'error', sequence_number: 6, error: said } as { type: string });
  server.replies[RESPONSES] = sends(own);
  const told = await switchyard.ask('/v1/responses', { body });
  t.ok(told.text.startsWith(own));
  isEnd(t, parsed(told.events), said);
  server.replies[RESPONSES] = sends(half + event(failed));
  t.equal((await switchyard.ask('/v1/responses', { body })).text, half + event(failed));
});

t.test('the same of a stream of chat completions', async (t) => {
  const server = await startStandIn(t, {});
  const options = { server: { drain: 0 }, timeouts: { idle: 500 } };
  const switchyard = await gatewayBefore(t, { server }, { use: 'mistral', ...options });
  const client = new OpenAI({ baseURL: `${switchyard.url}/v1`, apiKey: 'x', maxRetries: 0 });
  const usage = { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 };
  const some = [chunk({ reasoning_content: 'Hm' }), chunk({ content: 'Half' }, null, { usage })];
  const stalls: Reply = ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(`data: ${JSON.stringify(some[1])}\n\n`);
  };
  for (const [reply, expected] of [
    [streams(some, 'break'), { code: 'stream_cut' }],
    [streams(some), { code: 'stream_cut' }],
    [
      streams([...some, { error: { message: 'Out of memory' } }]),
      { code: 'upstream_error', message: /Out of memory/ },
    ],
    [stalls, { code: 'stream_stalled' }],
  ] as const) {
    server.replies[CHAT] = reply;
    const events = parsed((await switchyard.ask('/v1/responses', { body })).events);
    isEnd(t, events, expected);
    t.strictSame(fits(events.at(-1)), []);
    t.match(events.at(-1).response.usage, { total_tokens: 4 }, 'its tokens are known');
    const thrown = await client.responses
      .stream({ model: 'm', input: 'hi' })
      .finalResponse()
      .catch((error: unknown) => error);
    t.match(thrown, { code: expected.code });
  }
});

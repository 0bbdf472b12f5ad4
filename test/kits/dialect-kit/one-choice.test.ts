// A server that sends two choices where one was asked for, to callers whose APIs have one answer a request.
import t from 'tap';
import { CHAT, gatewayBefore, startStandIn, streams } from '../../servers/stand-in.ts';
import type { Parsed } from '../../switchyard.ts';

const chunk = (index: number, content: string, finish: string | null = null): Parsed => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index, delta: { content }, finish_reason: finish }],
});
const usage = { prompt_tokens: 3, completion_tokens: 8, total_tokens: 11 };
const counted = { ...chunk(0, ''), choices: [], usage };

const ASKS: Readonly<
  Record<string, { path: string; body: Record<string, unknown>; textIn: (text: string) => string }>
> = {
  messages: {
    path: '/v1/messages',
    body: { model: 'm', max_tokens: 9, stream: true, messages: [{ role: 'user', content: 'hi' }] },
    textIn: (text) =>
      eventsIn(text, 'data: ')
        .map(({ delta }) => delta?.text ?? '')
        .join(''),
  },
  responses: {
    path: '/v1/responses',
    body: { model: 'm', stream: true, input: 'hi' },
    textIn: (text) =>
      eventsIn(text, 'data: ')
        .map(({ type, delta }) => (type === 'response.output_text.delta' ? delta : ''))
        .join(''),
  },
  'ollama-chat': {
    path: '/api/chat',
    body: { model: 'm', messages: [{ role: 'user', content: 'hi' }] },
    textIn: (text) =>
      eventsIn(text, '')
        .map(({ message }) => message?.content ?? '')
        .join(''),
  },
};

const eventsIn = (text: string, before: string): Parsed[] =>
  text
    .split('\n')
    .filter((line) => line !== '' && line.startsWith(before))
    .map((line) => JSON.parse(line.slice(before.length)));

const BOTH = [chunk(0, 'He'), chunk(1, 'Bon'), chunk(0, 'llo'), chunk(1, 'jour')];

t.test('a caller gets the first of two answers, and nothing of the other', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  for (const [surface, { path, body, textIn }] of Object.entries(ASKS))
    for (const ends of [
      [chunk(1, '', 'length'), chunk(0, '', 'stop')],
      [chunk(0, '', 'stop'), chunk(1, '', 'length')],
    ]) {
      server.replies[CHAT] = streams([...BOTH, ...ends, counted, '[DONE]']);
      const { text } = await switchyard.ask(path, { body });
      t.equal(textIn(text), 'Hello', surface);
      t.notMatch(text, /jour|max_tokens"?,|"length"|incomplete"/, `${surface}: its end is its own`);
      t.match(text, /"(?:output_tokens|eval_count)":8/, surface);
      t.match(await switchyard.trace(), { ending: 'complete' });
    }
});

t.test('it is cut where it has no end, although the other one has', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  for (const then of ['end', 'break'] as const) {
    server.replies[CHAT] = streams([...BOTH, chunk(1, '', 'stop')], then);
    for (const [surface, { path, body }] of Object.entries(ASKS)) {
      const { text } = await switchyard.ask(path, { body });
      t.match(
        text,
        /stream_cut|ended its answer in the middle|broke the connection/,
        `${surface}: ${text.slice(-300)}`,
      );
      t.match(await switchyard.trace(), { ending: 'cut' }, surface);
    }
    const { text } = await switchyard.chat({ stream: true });
    t.match(text, /stream_cut/, 'a caller of chat');
    t.notMatch(text, /\[DONE\]/);
  }
});

t.test('a caller of chat gets both as they came', async (t) => {
  const server = await startStandIn(t, {});
  const switchyard = await gatewayBefore(t, { server });
  const events = [...BOTH, chunk(0, '', 'stop'), chunk(1, '', 'stop'), '[DONE]'];
  server.replies[CHAT] = streams(events);
  const answer = await switchyard.chat({ stream: true });
  t.strictSame(
    answer.events,
    events.map((event) => (typeof event === 'string' ? event : JSON.stringify(event))),
  );
});

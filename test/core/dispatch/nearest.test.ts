/** Routes that mix providers of the caller's own API with providers that need a translation. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { root } from '../../../gateway.ts';
import { CHAT, says, startStandIn, streams, well, type Reply } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';

const MESSAGES = 'POST /v1/messages';
const message = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'native' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2 },
};
const OVERLOADED = says(529, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
const body = { model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] };

/** A gateway whose model `m` is answered by these, each by one API; in turns where nothing else counts. */
async function start(
  t: Test,
  parts: Record<string, { surfaces: string[]; replies: Record<string, Reply> }>,
  config: Record<string, unknown> = {},
) {
  const servers = await Promise.all(
    Object.entries(parts).map(async ([name, { surfaces, replies }]) => {
      const server = await startStandIn(t, replies);
      const provider = {
        use: 'openai-compatible',
        baseUrl: `${server.url}/v1`,
        surfaces,
        models: { m: 'm' },
      };
      return { name, server, provider };
    }),
  );
  const switchyard = await startSwitchyard(t, {
    providers: Object.fromEntries(servers.map(({ name, provider }) => [name, provider])),
    models: {
      m: { strategy: { use: 'round-robin' }, targets: servers.map(({ name }) => ({ provider: name })) },
    },
    retry: { again: 0 },
    breaker: { failures: 1000, minimum: 1000 },
    ...config,
  });
  const asked = (name: string) =>
    servers
      .find((one) => one.name === name)!
      .server.asked.filter(({ path }) => path.startsWith('POST'))
      .map(({ body: sent }) => sent);
  return { switchyard, asked };
}

const chats = { surfaces: ['chat'], replies: well };
const answers = { surfaces: ['messages'], replies: { [MESSAGES]: says(200, message) } };
const overloaded = { surfaces: ['messages'], replies: { [MESSAGES]: OVERLOADED } };

t.test("the caller's own API is preferred while it can be asked", async (t) => {
  const { switchyard, asked } = await start(t, { chats, answers });
  for (let nth = 0; nth < 4; nth++)
    t.match((await switchyard.ask('/v1/messages', { body })).json(), { content: [{ text: 'native' }] });
  t.equal(asked('chats').length, 0);
  for (let nth = 0; nth < 2; nth++) t.match((await switchyard.chat({ model: 'm' })).content, '');
  t.equal(asked('chats').length, 2, 'and the other for a caller of the other');
  const { candidates, pick } = (await switchyard.ask('/route?model=m&surface=messages')).json();
  t.equal(pick, 'answers/m');
  t.match(candidates, [{ target: 'chats/m', translated: 'messages-to-chat' }, { target: 'answers/m' }]);
});

t.test('what it cannot answer goes on to another protocol, unseen', async (t) => {
  const { switchyard, asked } = await start(t, { chats, overloaded });
  const whole = await switchyard.ask('/v1/messages', { body });
  t.match(whole.json(), { type: 'message', content: [{ text: 'well' }] });
  t.equal(whole.headers['x-switchyard-translated'], 'messages-to-chat');
  const streamed = await switchyard.ask('/v1/messages', { body: { ...body, stream: true } });
  t.match(streamed.text, /event: message_start[^]*"text":"well"[^]*event: message_stop/);
  t.equal(asked('overloaded').length, 2);
  const { attempts, translated } = await switchyard.trace();
  t.match(attempts, [
    { target: 'overloaded/m', status: 529 },
    { target: 'chats/m', outcome: 'answered' },
  ]);
  t.equal(translated, 'messages-to-chat');
});

t.test('a stream that breaks before its first content goes on, too', async (t) => {
  const begun = { type: 'message_start', message: { ...message, content: [] } };
  const breaks = { surfaces: ['messages'], replies: { [MESSAGES]: streams([begun], 'break') } };
  const { switchyard } = await start(t, { breaks, chats });
  const streamed = await switchyard.ask('/v1/messages', { body: { ...body, stream: true } });
  t.match(streamed.text, /"text":"well"[^]*event: message_stop/);
  t.equal(streamed.text.match(/message_start/g)?.length, 2, 'one event, which has its name twice');
});

t.test('what the other cannot say is not sent there, and the first refusal is the answer', async (t) => {
  const { switchyard, asked } = await start(t, { chats, overloaded });
  const tools = [{ type: 'web_search_20250305', name: 'web_search' }];
  const answer = await switchyard.ask('/v1/messages', { body: { ...body, tools } });
  t.equal(answer.status, 529);
  t.match(answer.json(), { error: { type: 'overloaded_error', message: 'Overloaded' } });
  t.equal(asked('chats').length, 0);
  const { notes, attempts } = await switchyard.trace();
  t.equal(attempts.length, 1);
  const why = notes.find(({ out }: { out?: object }) => out !== undefined);
  t.match(why.out['chats/m'], [/^not_translatable: 'tools\[0\]\.type'/]);
});

t.test(
  'of several translations the one that can say it is asked; where none can, that is refused',
  async (t) => {
    const texts = { surfaces: ['completions'], replies: {} };
    const { switchyard, asked } = await start(t, { texts, answers });
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    const chat = { model: 'm', messages: body.messages, tools };
    for (let nth = 0; nth < 2; nth++) t.equal((await switchyard.chat(chat)).status, 200);
    t.equal(asked('answers').length, 2);
    const alone = await start(t, { texts, other: texts });
    const refused = await alone.switchyard.chat(chat);
    t.equal(refused.status, 400);
    t.match(refused.json(), { error: { code: 'not_translatable', param: 'tools' } });
    t.equal((await alone.switchyard.trace()).attempts.length, 0);
  },
);

t.test('a conversation with signed thoughts stays with the vendor that signed them', async (t) => {
  const { switchyard, asked } = await start(t, { chats, answers });
  const thought = { type: 'reasoning.text', text: 'hm', signature: 'sig', format: 'anthropic-claude-v1' };
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: 'yes', reasoning_details: [thought] },
    { role: 'user', content: 'go on' },
  ];
  await switchyard.chat({ model: 'm', messages });
  t.equal(asked('chats').length, 0);
  t.match(asked('answers')[0].messages[1].content[0], { type: 'thinking', signature: 'sig' });
  await switchyard.chat({ model: 'm', messages: messages.slice(0, 1) });
  t.equal(asked('chats').length, 1);
  const other = await start(t, { chats, overloaded });
  t.equal((await other.switchyard.chat({ model: 'm', messages })).status, 200, 'and leaves it where it must');
});

t.test('a provider whose plugin throws is a failed attempt, and another is asked', async (t) => {
  const server = await startStandIn(t, well);
  const providers = {
    broken: { use: join(root, 'test/core/dispatch/throwing.ts'), models: { m: 'm' } },
    sound: { use: 'openai-compatible', baseUrl: `${server.url}/v1`, models: { m: 'm', alone: 'm' } },
  };
  const models = {
    m: {
      strategy: { use: 'priority' },
      targets: [{ provider: 'broken' }, { provider: 'sound', priority: 1 }],
    },
    alone: { targets: [{ provider: 'broken', model: 'm' }] },
  };
  const switchyard = await startSwitchyard(t, { providers, models, retry: { again: 0 } });
  t.equal((await switchyard.chat({ model: 'm' })).status, 200);
  const { attempts } = await switchyard.trace();
  t.match(attempts, [
    { target: 'broken/m', outcome: 'failed', reason: 'provider_fault' },
    { target: 'sound/m', outcome: 'answered' },
  ]);
  const alone = await switchyard.chat({ model: 'alone' });
  t.equal(alone.status, 502);
  t.match(alone.json(), {
    error: { code: 'provider_fault', message: /^broken was not asked/ },
  });
});

t.test('of two that are asked at once, the trace tells of the one that answered', async (t) => {
  const other = Promise.withResolvers<void>();
  const first: Reply = async (asked) => {
    if (asked.body.seed === 1) await other.promise;
    await well[CHAT]!(asked);
  };
  const parts = {
    first: { surfaces: ['chat'], replies: { [CHAT]: first } },
    second: { surfaces: ['messages'], replies: { [MESSAGES]: () => other.resolve() } },
  };
  const hedge = { enabled: true, minimum: 6, quantile: 0.5, share: 1 };
  const { switchyard, asked } = await start(t, parts, { hedge });
  for (let nth = 0; nth < 6; nth++) await switchyard.chat({ model: 'm', messages: body.messages });
  const answer = await switchyard.chat({ model: 'm', messages: body.messages, seed: 1 });
  t.equal(asked('second').length, 1);
  t.equal(answer.headers['x-switchyard-translated'], undefined);
  t.notOk((await switchyard.trace()).translated);
});

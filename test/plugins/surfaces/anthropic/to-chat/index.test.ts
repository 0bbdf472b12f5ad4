import Anthropic from '@anthropic-ai/sdk';
import t from 'tap';
import { CHAT, chunk, says, startStandIn, streams } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { ASKED, before } from './provider-of-chat.ts';

t.test('what is left out is listed in a header and in the trace', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: says(200, { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }),
  });
  const { switchyard } = await before(t, server);
  const answer = await switchyard.ask('/v1/messages', { body: { ...ASKED, metadata: { user_id: 'u' } } });
  t.equal(answer.headers['x-switchyard-dropped'], 'metadata');
  t.match(await switchyard.trace(), { notes: [{ remark: 'messages-to-chat left out metadata' }] });
});

t.test('what a provider of messages cannot answer falls back to one of chat, unseen', async (t) => {
  const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
  const claude = await startStandIn(t, { 'POST /v1/messages': says(529, overloaded) });
  const other = await startStandIn(t, {
    [CHAT]: streams([chunk({ content: 'Here' }), chunk({}, 'stop'), '[DONE]']),
  });
  const switchyard = await startSwitchyard(t, {
    retry: { again: 0 },
    providers: {
      claude: { use: 'anthropic', baseUrl: `${claude.url}/v1`, apiKey: 'k', models: { m: 'm' } },
      other: {
        use: 'openai-compatible',
        baseUrl: `${other.url}/v1`,
        surfaces: ['chat'],
        models: { spare: 'spare' },
      },
    },
    models: { m: { targets: [{ provider: 'claude' }], fallbacks: ['spare'] } },
  });
  const client = new Anthropic({ baseURL: switchyard.url, apiKey: 'x', maxRetries: 0 });
  t.match(await client.messages.stream(ASKED).finalMessage(), {
    content: [{ text: 'Here' }],
    stop_reason: 'end_turn',
  });
});

t.test('a long body is translated in another thread, and tells as much', async (t) => {
  const server = await startStandIn(t, {
    [CHAT]: says(200, { choices: [{ message: { content: 'a' }, finish_reason: 'stop' }] }),
  });
  const { switchyard } = await before(t, server);
  const messages = [{ role: 'user', content: 'long '.repeat(100_000) }];
  const answer = await switchyard.ask('/v1/messages', {
    body: { ...ASKED, messages, metadata: { user_id: 'u' } },
  });
  t.match(answer.json(), { type: 'message', content: [{ text: 'a' }] });
  t.equal(answer.headers['x-switchyard-dropped'], 'metadata');
  t.strictSame(server.asked.at(-1)?.body.messages, messages);
  const refused = await switchyard.ask('/v1/messages', { body: { ...ASKED, messages, top_k: 5 } });
  t.match(refused.json(), { type: 'error', error: { code: 'not_translatable', param: 'top_k' } });
});

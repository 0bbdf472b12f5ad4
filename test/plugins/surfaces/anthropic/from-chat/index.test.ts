import t from 'tap';
import { recorded, startStandIn } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { HI, MESSAGES, before, user } from './provider-of-messages.ts';

t.test('the provider gets its key, its version and no word of the caller’s key', async (t) => {
  const server = await startStandIn(t, { [MESSAGES]: recorded('anthropic/anthropic-text.json') });
  const { client, switchyard } = await before(t, server);
  const answer = await client.chat.completions.create(HI).withResponse();
  t.equal(answer.response.headers.get('x-switchyard-translated'), 'chat-to-messages');
  const { headers, body } = server.asked.at(-1)!;
  t.match(headers, { 'x-api-key': 'sk-ant-of-the-gateway', 'anthropic-version': '2023-06-01' });
  t.equal(headers.authorization, undefined);
  t.match(body, {
    model: 'claude-own',
    max_tokens: 32_000,
    messages: [user([{ type: 'text', text: 'hi' }])],
  });
  const own = { 'anthropic-version': '2024-01-01', 'anthropic-beta': 'a-2025,b-2026' };
  await switchyard.ask('/v1/messages', { headers: own, body: { ...HI, max_tokens: 5 } });
  t.match(server.asked.at(-1)?.headers, own, 'a caller of its own API says which version it speaks');
});

t.test('a provider without a key is sent the caller’s own, as the caller sends it', async (t) => {
  const server = await startStandIn(t, { [MESSAGES]: recorded('anthropic/anthropic-text.json') });
  const providers = { server: { use: 'anthropic', baseUrl: `${server.url}/v1`, models: { m: 'm' } } };
  const switchyard = await startSwitchyard(t, { providers });
  const body = { ...HI, max_tokens: 5 };
  for (const own of [{ 'x-api-key': 'sk-ant-callers' }, { authorization: 'Bearer sk-ant-oat-callers' }]) {
    await switchyard.ask('/v1/messages', { headers: own, body });
    t.match(server.asked.at(-1)?.headers, own);
  }
});

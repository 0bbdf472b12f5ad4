/** Callers of chat completions, answered by a provider that only has the Gemini API. */
import t from 'tap';
import { recorded, says, startStandIn, well } from '../../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../../switchyard.ts';
import { readRecording } from '../../../../upstream/recordings.ts';
import type { Parsed } from '../../openai/recorded.ts';
import { before, HI, meant, piecesOf, STREAM, WHOLE } from './provider-of-gemini.ts';

t.test('the provider gets its key in its header, and no word of the caller’s', async (t) => {
  const server = await startStandIn(t, { [WHOLE]: recorded('google/google-text.json') });
  const { client } = await before(t, server);
  const answer = await client.chat.completions.create(HI).withResponse();
  t.equal(answer.response.headers.get('x-switchyard-translated'), 'chat-to-gemini');
  const { headers, body } = server.asked.at(-1)!;
  t.match(headers, { 'x-goog-api-key': 'AIza-of-the-gateway' });
  t.equal(headers.authorization, undefined);
  t.strictSame(body, { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] });
});

t.test('signatures go out and come back at their places', async (t) => {
  const server = await startStandIn(t, {});
  const { client } = await before(t, server);
  for (const [kind, reply] of [
    ['json', WHOLE],
    ['chunks.txt', STREAM],
  ] as const)
    for (const name of ['google-tool-call-gemini3', 'google-reasoning-gemini3']) {
      const file = `google/${name}.${kind}`;
      server.replies[reply] = server.replies[WHOLE] = recorded(file);
      const completion: Parsed = await (kind === 'json'
        ? client.chat.completions.create(HI)
        : client.chat.completions.stream(HI).finalChatCompletion());
      const { message } = completion.choices[0];
      server.replies[WHOLE] = recorded('google/google-text.json');
      const results = (message.tool_calls ?? []).map(({ id }: Parsed) => ({
        role: 'tool',
        tool_call_id: id,
        content: 'sunny',
      }));
      await client.chat.completions.create({ ...HI, messages: [...HI.messages, message, ...results] });
      const back = server.asked.at(-1)!.body.contents[1].parts;
      const given = kind === 'json' ? [JSON.parse(readRecording(file).body.toString())] : piecesOf(file);
      const signatures = (parts: Parsed[]) =>
        parts.map(({ thoughtSignature }) => thoughtSignature).filter(Boolean);
      const sent = given.flatMap(({ candidates }: Parsed) => candidates[0].content.parts);
      t.strictSame(signatures(back), signatures(sent), file);
      t.strictSame(meant([{ candidates: [{ content: { parts: back } }] }]), meant(given), file);
    }
});

t.test('its refusals are errors in the shape of chat, and say when to come back', async (t) => {
  const refused = JSON.parse(readRecording('google/google-429-retry-info.json').body.toString());
  const server = await startStandIn(t, { [WHOLE]: says(429, refused) });
  const { client, switchyard } = await before(t, server);
  const error: Parsed = await client.chat.completions.create(HI).catch((thrown: unknown) => thrown);
  t.match(error, { status: 429, message: /exceeded your current quota/ });
  const { attempts } = await switchyard.trace();
  t.equal(attempts[0].retryAfter, 34_400, 'as its details say');
});

t.test('a conversation with signed calls goes to the models that signed them', async (t) => {
  const chats = await startStandIn(t, well);
  const google = await startStandIn(t, { [WHOLE]: recorded('google/google-text.json') });
  const switchyard = await startSwitchyard(t, {
    providers: {
      chats: { use: 'openai-compatible', baseUrl: `${chats.url}/v1`, models: { m: 'm' } },
      google: { use: 'gemini', baseUrl: `${google.url}/v1beta`, apiKey: 'x', models: { m: 'gemini-own' } },
    },
    models: {
      m: { targets: [{ provider: 'chats' }, { provider: 'google' }], strategy: { use: 'round-robin' } },
    },
  });
  const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } };
  const signed = { ...call, extra_content: { google: { thought_signature: 'c2ln' } } };
  const result = { role: 'tool', tool_call_id: 'a', content: 'b' };
  for (const [calls, provider] of [
    [[call], 'chats'],
    [[signed], 'google'],
    [[call], 'chats'],
    [[signed], 'google'],
  ] as const) {
    const messages = [...HI.messages, { role: 'assistant', content: null, tool_calls: calls }, result];
    const answer = await switchyard.chat({ model: 'm', messages });
    t.equal(answer.headers['x-switchyard-provider'], provider);
  }
});

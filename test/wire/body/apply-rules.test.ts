/** Rules of the operator: what is set, added, removed and said first in each request to a model or a provider. */
import t, { type Test } from 'tap';
import { CHAT, says, startStandIn, well } from '../../servers/stand-in.ts';
import { startSwitchyard } from '../../switchyard.ts';

const MESSAGES = 'POST /v1/messages';
const GEMINI = 'POST /v1/models/m:generateContent';
const message = {
  type: 'message',
  role: 'assistant',
  content: [{ type: 'text', text: 'hi' }],
  stop_reason: 'end_turn',
};
const piece = { candidates: [{ content: { parts: [{ text: 'hi' }] }, finishReason: 'STOP' }] };

async function start(
  t: Test,
  { rules, model, surfaces = ['chat'] }: { rules?: object; model?: object; surfaces?: string[] },
) {
  const raw: string[] = [];
  const server = await startStandIn(t, {
    [CHAT]: well[CHAT]!,
    [MESSAGES]: says(200, message),
    [GEMINI]: says(200, piece),
    'POST /v1/responses': says(200, { object: 'response', status: 'completed', output: [] }),
  });
  const one = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces,
    models: { m: 'm' },
    ...(rules && { rules }),
  };
  const switchyard = await startSwitchyard(t, {
    providers: { one },
    ...(model && { models: { m: { targets: [{ provider: 'one' }], rules: model } } }),
  });
  const sent = () => server.asked.findLast(({ path }) => path.startsWith('POST'))?.body;
  return { switchyard, sent, raw };
}

const hi = [{ role: 'user', content: 'hi' }];

t.test('members are set, added where absent, and removed; the trace tells each', async (t) => {
  const rules = { set: { temperature: 0 }, default: { top_p: 0.5, seed: 7 }, strip: ['user', 'logit_bias'] };
  const { switchyard, sent } = await start(t, { rules });
  await switchyard.chat({ model: 'm', messages: hi, temperature: 1, seed: 1, user: 'me' });
  t.strictSame(sent(), { top_p: 0.5, model: 'm', messages: hi, temperature: 0, seed: 1 });
  const { notes } = await switchyard.trace();
  t.match(notes, [{ remark: 'rules for one/m: set temperature, set top_p, which was absent, removed user' }]);
});

t.test("a model's rules come before its provider's, which have the final say", async (t) => {
  const { switchyard, sent } = await start(t, {
    model: { set: { temperature: 1, seed: 1 }, default: { top_p: 0.1 } },
    rules: { set: { temperature: 0 }, default: { top_p: 0.2 }, strip: ['seed'] },
  });
  await switchyard.chat({ model: 'm', messages: hi });
  t.strictSame(sent(), { temperature: 0, top_p: 0.1, model: 'm', messages: hi });
});

t.test('bytes that no rule names stay the bytes they were', async (t) => {
  const server = await startStandIn(t, { [CHAT]: well[CHAT]! });
  const seen: string[] = [];
  const before = server.replies[CHAT]!;
  server.replies[CHAT] = (asked) => {
    seen.push(JSON.stringify(asked.body));
    return before(asked);
  };
  const rules = { strip: ['us\\er', 'a"b'] };
  const one = {
    use: 'openai-compatible',
    baseUrl: `${server.url}/v1`,
    surfaces: ['chat'],
    models: { m: 'm' },
    rules,
  };
  const switchyard = await startSwitchyard(t, { providers: { one } });
  for (const body of [
    '{ "us\\\\er" : [1, {"user":2}] , "model":"m", "messages":[] }',
    '{"model":"m", "a\\"b":"}{" , "messages":[]}',
    '{"model":"m","messages":[], "us\\\\er": 1, "a\\"b": 2 }',
    '{"model":"m","messages":[]}',
  ])
    t.equal(
      (
        await switchyard.ask('/v1/chat/completions', {
          body,
          headers: { 'content-type': 'application/json' },
        })
      ).status,
      200,
    );
  t.strictSame(new Set(seen), new Set(['{"model":"m","messages":[]}']));
});

t.test("a system prompt stands before the caller's, in each protocol", async (t) => {
  const system = 'Be kind.';
  const chats = await start(t, { rules: { system } });
  await chats.switchyard.chat({ model: 'm', messages: [{ role: 'system', content: 'Short.' }, ...hi] });
  t.strictSame(chats.sent().messages, [
    { role: 'system', content: system },
    { role: 'system', content: 'Short.' },
    ...hi,
  ]);
  await chats.switchyard.chat({ model: 'm', messages: [] });
  t.strictSame(chats.sent().messages, [{ role: 'system', content: system }]);

  const messages = await start(t, { rules: { system }, surfaces: ['messages'] });
  const body = { model: 'm', max_tokens: 5, messages: hi };
  for (const [own, said] of [
    [undefined, system],
    ['Short.', `${system}\n\nShort.`],
    [
      [{ type: 'text', text: 'Short.' }],
      [
        { type: 'text', text: system },
        { type: 'text', text: 'Short.' },
      ],
    ],
  ] as const) {
    await messages.switchyard.ask('/v1/messages', { body: { ...body, ...(own && { system: own }) } });
    t.strictSame(messages.sent().system, said);
  }
  await messages.switchyard.chat({ model: 'm', messages: [{ role: 'system', content: 'Short.' }, ...hi] });
  t.match(messages.sent().system, [{ text: system }, { text: 'Short.' }], 'behind a translation, too');

  const gemini = await start(t, { rules: { system }, surfaces: ['gemini'] });
  await gemini.switchyard.chat({ model: 'm', messages: [{ role: 'system', content: 'Short.' }, ...hi] });
  t.match(gemini.sent().systemInstruction, { parts: [{ text: system }, { text: 'Short.' }] });

  const responses = await start(t, { rules: { system }, surfaces: ['responses'] });
  await responses.switchyard.ask('/v1/responses', {
    body: { model: 'm', input: 'hi', instructions: 'Short.' },
  });
  t.equal(responses.sent().instructions, `${system}\n\nShort.`);
});

t.test('where there is no place for a system prompt, the trace tells that', async (t) => {
  const { switchyard, sent } = await start(t, { rules: { system: 'Be kind.' }, surfaces: ['embeddings'] });
  await switchyard.ask('/v1/embeddings', { body: { model: 'm', input: 'hi' } });
  t.strictSame(sent(), { model: 'm', input: 'hi' });
  t.match((await switchyard.trace()).notes, [{ remark: /had no place for its system prompt/ }]);
});

for (const surface of ['chat', 'messages', 'responses', 'gemini'])
  t.test(`a model's and a provider's system prompt both go before the caller's, to ${surface}`, async (t) => {
    const { switchyard, sent } = await start(t, {
      model: { system: 'the model says' },
      rules: { system: 'the provider says' },
      surfaces: [surface],
    });
    const own = { role: 'system', content: 'the caller says' };
    await switchyard.chat({ model: 'm', messages: [own, ...hi] });
    const text = JSON.stringify(sent());
    const places = ['the provider says', 'the model says', 'the caller says'].map((said) =>
      text.indexOf(said),
    );
    t.notOk(places.includes(-1), 'none is lost');
    t.strictSame(
      places,
      places.toSorted((one, other) => one - other),
    );
  });

import t from 'tap';
import { openLab } from '../lab.ts';
import type { Answer } from '../switchyard.ts';

const SECRET = 'sk-abcdefghijklmnopqrstuvwx';
const PIECES = [
  'The key is s',
  'k-abcdefg',
  'hijklmnop',
  'qrstuvwx, and',
  ' mail a',
  'nn@exam',
  'ple.org',
  ' now',
  '.',
];
const CLEAN = 'The key is [SECRET], and mail [EMAIL] now.';
const find = ['secret', 'email'];

/** One way to ask for a text, and where it stands in the answer. */
interface Way {
  readonly path: string;
  readonly body: Record<string, unknown>;
  /** of an event, or of the whole answer */
  readonly textIn: (said: never) => string | undefined;
}

const messages = [{ role: 'user', content: 'hi' }];
const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
const gemini = (said: { candidates?: { content?: { parts?: { text?: string }[] } }[] }) =>
  said.candidates?.[0]?.content?.parts?.map(({ text }) => text).join('');
const chat = (said: {
  choices?: { delta?: { content?: string }; message?: { content?: string }; text?: string }[];
}) => said.choices?.map(({ delta, message, text }) => (delta ?? message)?.content ?? text).join('');

const WAYS: Readonly<Record<string, { readonly whole: Way; readonly stream: Way }>> = {
  chat: both('/v1/chat/completions', { messages }, chat),
  completions: both('/v1/completions', { prompt: 'hi' }, chat),
  responses: {
    whole: {
      path: '/v1/responses',
      body: { input: 'hi' },
      textIn: (said: { output: { content: { text: string }[] }[] }) => said.output[0]?.content[0]?.text,
    },
    stream: {
      path: '/v1/responses',
      body: { input: 'hi', stream: true },
      textIn: ({ type, delta }: { type: string; delta?: string }) =>
        type === 'response.output_text.delta' ? delta : '',
    },
  },
  messages: {
    whole: {
      path: '/v1/messages',
      body: { messages, max_tokens: 99 },
      textIn: (said: { content: { text: string }[] }) => said.content[0]?.text,
    },
    stream: {
      path: '/v1/messages',
      body: { messages, max_tokens: 99, stream: true },
      textIn: ({ delta }: { delta?: { text?: string } }) => delta?.text,
    },
  },
  gemini: {
    whole: { path: '/v1beta/models/m:generateContent', body: { contents }, textIn: gemini },
    stream: { path: '/v1beta/models/m:streamGenerateContent?alt=sse', body: { contents }, textIn: gemini },
  },
  'gemini, as a JSON array': {
    whole: { path: '/v1beta/models/m:generateContent', body: { contents }, textIn: gemini },
    stream: { path: '/v1beta/models/m:streamGenerateContent', body: { contents }, textIn: gemini },
  },
  ollama: {
    whole: {
      path: '/api/chat',
      body: { messages, stream: false },
      textIn: (said: { message: { content: string } }) => said.message.content,
    },
    stream: {
      path: '/api/chat',
      body: { messages },
      textIn: (said: { message: { content: string } }) => said.message.content,
    },
  },
};

function both(path: string, body: Record<string, unknown>, textIn: Way['textIn']) {
  return { whole: { path, body, textIn }, stream: { path, body: { ...body, stream: true }, textIn } };
}

/** What a client would show of a stream, however it is framed. */
function streamed({ text, headers }: Answer, { textIn }: Way): string {
  const said = headers['content-type']?.startsWith('application/json')
    ? (JSON.parse(text) as unknown[])
    : text
        .split('\n')
        .map((line) => line.replace(/^data: /, ''))
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as unknown);
  return said.map((one) => textIn(one as never) ?? '').join('');
}

for (const surfaces of [['*'], ['chat']])
  t.test(`answers of every API lose their secrets, asked at a provider of ${surfaces.join()}`, async (t) => {
    const lab = await openLab(t, {
      upstream: { text: PIECES },
      provider: { surfaces },
      config: { redact: { find } },
    });
    for (const [name, { whole, stream }] of Object.entries(WAYS)) {
      const asked = (way: Way) => lab.switchyard.ask(way.path, { body: { model: 'm', ...way.body } });
      const answer = await asked(whole);
      t.equal(answer.status, 200, name);
      t.equal(whole.textIn(answer.json() as never), CLEAN, name);
      const events = await asked(stream);
      t.equal(streamed(events, stream), CLEAN, `${name}, streamed`);
      t.notOk(events.broken);
      for (const { text } of [answer, events]) t.notMatch(text, /abcdefg|nn@exam/, name);
      t.match((await lab.switchyard.trace()).ending, 'complete');
    }
    t.match(
      lab.switchyard.log.join(''),
      /hooks: redact\. They see .*chat, chat-input, completions, responses/,
    );
  });

t.test('what is taken out of a request is put back where its answer names it', async (t) => {
  const text = ['Write to [EM', 'AIL_1', '], not to [EMAIL_2] or [EMAIL_9', ']', ' [', 'x]'];
  const toolCall = { name: 'send', arguments: ['{"to":"[EMAIL_', '1]","as":"[NOTE_1]"}'] };
  const { upstream, switchyard } = await openLab(t, {
    upstream: { text },
    config: { redact: { find, patterns: { note: 'note "\\w+"' } } },
  });
  const content = `I am ann@example.org \u2013 ann@example.org, bob@example.org; my key: ${SECRET}, note "one"`;
  const asked = {
    messages: [{ role: 'user', content }],
    seed: 12345678901234567890n.toString(),
    temperature: 1.0,
  };
  const restored = 'Write to ann@example.org, not to bob@example.org or [EMAIL_9] [x]';
  t.equal((await switchyard.chat({ ...asked, stream: true })).content, restored);
  t.equal((await switchyard.chat(asked)).json().choices[0].message.content, restored);
  for (const { body } of upstream.posts) {
    t.notMatch(body.toString(), /example\.org|abcdefghij/);
    t.match(
      JSON.parse(body.toString()).messages[0].content,
      /^I am \[EMAIL_1\] – \[EMAIL_1\], \[EMAIL_2\]; my key: \[SECRET_1\], \[NOTE_1\]$/,
    );
  }
  t.match((await switchyard.trace()).notes, [{ remark: 'the hook redact changed the request' }]);
  const page = (await switchyard.ask('/metrics')).text;
  t.match(page, /switchyard_hooks_total\{hook="redact",outcome="changed"\} 2/);

  const tooled = await openLab(t, {
    upstream: { text: [], toolCall },
    config: { redact: { find, patterns: { note: 'note "\\w+"' } } },
  });
  const { events } = await tooled.switchyard.chat({ ...asked, stream: true });
  const pieces = events.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data));
  const written = pieces
    .map(({ choices }) => choices[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? '')
    .join('');
  t.same(JSON.parse(written), { to: 'ann@example.org', as: 'note "one"' });
});

t.test('the rest of a request stays as it was written, also where it is long', async (t) => {
  const { upstream, switchyard } = await openLab(t, { config: { redact: { find } } });
  const filler = 'word '.repeat(10_000);
  const picture = `data:image/png;base64,${'AKIAABCDEFGHIJKLMNOP'.repeat(300)}`;
  const body = `{"model":"m","seed":12345678901234567890,"x":1.0,"messages":[{"role":"user","content":[{"type":"text","text":"${filler}ann@example.org"},{"type":"image_url","image_url":{"url":"${picture}"}}]}]}`;
  t.equal((await switchyard.ask('/v1/chat/completions', { body })).status, 200);
  t.equal(upstream.posts[0]?.body.toString(), body.replace('ann@example.org', '[EMAIL_1]'));
});

t.test('a pattern that is none stops the start', async (t) => {
  await t.rejects(openLab(t, { config: { redact: { patterns: { odd: '(' } } } }), /redact\.patterns\.odd/);
});

t.test('what a tool, a document or a long text without spaces holds is taken out, too', async (t) => {
  const { upstream, switchyard } = await openLab(t, {
    config: { redact: { find } },
  });
  const mail = 'ann@example.org';
  const own = { id: mail, type: mail, data: { model: [mail], [mail]: 1 }, mail };
  const minified = JSON.stringify(Array.from({ length: 300 }, () => ({ mail })));
  const ways: Readonly<Record<string, Record<string, unknown>>> = {
    '/v1/messages': {
      max_tokens: 9,
      messages: [
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_ann', name: 'f', input: own }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_ann', content: minified }] },
        {
          role: 'user',
          content: [{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: mail } }],
        },
      ],
    },
    '/v1beta/models/m:generateContent': {
      contents: [
        { role: 'model', parts: [{ functionCall: { name: 'f', args: own } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: own } }] },
      ],
    },
    '/api/chat': {
      messages: [
        { role: 'assistant', content: '', tool_calls: [{ function: { name: 'f', arguments: own } }] },
      ],
    },
    '/v1/chat/completions': {
      messages: [
        { role: 'user', content: `data: ${mail}` },
        { role: 'user', content: `data:text/plain,${mail}` },
        { role: 'user', content: minified },
      ],
      metadata: own,
    },
  };
  for (const [path, body] of Object.entries(ways)) {
    const answer = await switchyard.ask(path, { body: { model: 'm', ...body } });
    t.equal(answer.status, 200, path);
    const sent = upstream.posts.at(-1)?.body.toString() ?? '';
    t.notMatch(sent, /example\.org/, path);
    t.match(sent, /\[EMAIL_1\]/, path);
  }
  t.match(upstream.posts[0]?.body.toString(), /call_ann/, 'the names that the API gives stay');
});

t.test('arguments of tools stay JSON, and an escape hides no secret', async (t) => {
  const text = `see:\n${SECRET}\nann@example.org\tend`;
  const written = JSON.stringify({ text });
  const clean = { text: 'see:\n[SECRET]\n[EMAIL]\tend' };
  for (const size of [1, 2, 3, 7, 1_000]) {
    const toolCall = {
      name: 'write',
      arguments: written.match(new RegExp(`[^]{1,${size}}`, 'g')) as string[],
    };
    const { upstream, switchyard } = await openLab(t, {
      upstream: { text: [], toolCall },
      config: { redact: { find, restore: false } },
    });
    const call = { id: 'c', type: 'function', function: { name: 'write', arguments: written } };
    const conversation = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c', content: written },
    ];
    const { events } = await switchyard.chat({ messages: conversation, stream: true });
    const answered = events
      .filter((data) => data !== '[DONE]')
      .map((data) => JSON.parse(data).choices[0]?.delta?.tool_calls?.[0]?.function?.arguments ?? '')
      .join('');
    t.same(JSON.parse(answered), clean, `in pieces of ${size}`);
    const sent = JSON.parse(upstream.posts[0]?.body.toString() ?? '').messages;
    t.same(JSON.parse(sent[1].tool_calls[0].function.arguments), {
      text: 'see:\n[SECRET_1]\n[EMAIL_1]\tend',
    });
    t.notMatch(sent[2].content, /abcdefghij|example/);
  }
});

/** The Gemini API on both sides: bytes pass, and each ending is told in its own words. */
import t, { type Test } from 'tap';
import {
  CHAT,
  chunk,
  recorded,
  says,
  startStandIn,
  streams,
  well,
  type Reply,
} from '../../../servers/stand-in.ts';
import { startSwitchyard } from '../../../switchyard.ts';
import { listRecordings, readRecording } from '../../../upstream/recordings.ts';
import type { Parsed } from '../openai/recorded.ts';
import { googleBefore } from './google-client.ts';

const WHOLE = 'POST /v1beta/models/own:generateContent';
const STREAM = 'POST /v1beta/models/own:streamGenerateContent';
const HI = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };

const native = (t: Test, replies: Record<string, Reply>) =>
  googleBefore(t, replies, { use: 'gemini' }, '/v1beta');

t.test('recorded answers pass byte for byte, and their tokens are known', async (t) => {
  const { server, switchyard } = await native(t, {});
  for (const file of listRecordings('google').filter((name) => !name.includes('429'))) {
    server.replies[WHOLE] = server.replies[STREAM] = recorded(file);
    const isStream = file.endsWith('.chunks.txt');
    const method = isStream ? 'streamGenerateContent?alt=sse' : 'generateContent';
    const answer = await switchyard.ask(`/v1beta/models/m:${method}`, { body: HI });
    t.equal(answer.text, readRecording(file).body.toString(), file);
    const trace = await switchyard.trace();
    t.match(trace, { ending: 'complete', usage: { prompt: Number, completion: Number } }, file);
    t.notOk(trace.usage.estimated);
    t.notOk(trace.translated);
  }
  t.strictSame(server.asked.at(-1)!.body, HI, 'the model is in the path alone');
});

t.test('what a caller asks for in the query goes on, and its key does not', async (t) => {
  const asked: string[] = [];
  const server = await startStandIn(t, { [STREAM]: recorded('google/google-text.chunks.txt') });
  const providers = {
    server: { use: 'gemini', baseUrl: `${server.url}/v1beta`, apiKey: 'own', models: { m: 'own' } },
  };
  const switchyard = await startSwitchyard(t, { providers });
  server.replies[STREAM] = ({ response }) => {
    asked.push(response.req.url as string);
    return recorded('google/google-text.chunks.txt')({ body: {}, headers: {}, response });
  };
  await switchyard.ask('/v1beta/models/m:streamGenerateContent?key=x&fields=candidates&alt=json', {
    body: HI,
  });
  t.strictSame(asked, ['/v1beta/models/own:streamGenerateContent?alt=sse&fields=candidates']);
});

t.test('without alt=sse the stream is one JSON array', async (t) => {
  const file = 'google/google-text.chunks.txt';
  const { server, switchyard } = await native(t, { [STREAM]: recorded(file) });
  const answer = await switchyard.ask('/v1beta/models/m:streamGenerateContent', { body: HI });
  t.match(answer.headers['content-type'], /application\/json/);
  const pieces = readRecording(file).body.toString().split('\n\n').filter(Boolean);
  t.strictSame(
    answer.json(),
    pieces.map((piece) => JSON.parse(piece.slice('data: '.length))),
  );
  server.replies[STREAM] = recorded('google/google-text.json');
  const whole = await switchyard.ask('/v1beta/models/m:streamGenerateContent', { body: HI });
  t.match(whole.json(), [{ candidates: [{ finishReason: 'STOP' }] }]);
});

const piece = { candidates: [{ content: { role: 'model', parts: [{ text: 'a' }] }, index: 0 }] };
const overloaded = { error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } };

t.test('a broken stream ends with an error object, as an event and as the last of the array', async (t) => {
  const { google, server, switchyard } = await native(t, {});
  const chats = await googleBefore(t, {});
  for (const [name, reply, code, message] of [
    ['cut', streams([piece]), 502, /ended its answer in the middle/],
    ['broken', streams([piece], 'break'), 502, /broke the connection/],
    ['an error', streams([piece, overloaded]), 503, /overloaded/],
  ] as const) {
    server.replies[STREAM] = reply;
    chats.server.replies[CHAT] =
      name === 'an error'
        ? streams([chunk({ content: 'a' }), overloaded])
        : streams([chunk({ content: 'a' })], name === 'cut' ? 'end' : 'break');
    for (const [asked, isNative] of [
      [switchyard, true],
      [chats.switchyard, false],
    ] as const) {
      const path = '/v1beta/models/m:streamGenerateContent';
      const events = (await asked.ask(`${path}?alt=sse`, { body: HI })).text.trim().split('\n\n');
      const error = { error: { code: isNative ? code : 502, status: 'UNAVAILABLE', message } };
      t.equal(events.length, 2, name);
      t.match(JSON.parse(events.at(-1)!.slice('data: '.length)), error, name);
      const array: Parsed[] = (await asked.ask(path, { body: HI })).json();
      t.equal(array.length, 2, name);
      t.match(array.at(-1), { error: { status: 'UNAVAILABLE', message } }, name);
    }
    const seen: Parsed[] = [];
    const thrown: Parsed = await (async () => {
      for await (const one of await google.models.generateContentStream({ model: 'm', contents: 'hi' }))
        seen.push(one);
    })().catch((error: unknown) => error);
    t.match(thrown, { name: 'ApiError', status: code, message }, `${name}: its SDK throws`);
    t.equal(seen.length, 1);
  }
});

t.test('before the first content another model answers, of a provider with another API too', async (t) => {
  const first = await startStandIn(t, { [STREAM]: streams([overloaded]), [WHOLE]: says(503, overloaded) });
  const second = await startStandIn(t, well);
  const switchyard = await startSwitchyard(t, {
    providers: {
      first: { use: 'gemini', baseUrl: `${first.url}/v1beta`, apiKey: 'x', models: { m: 'own' } },
      second: {
        use: 'openai-compatible',
        baseUrl: `${second.url}/v1`,
        surfaces: ['chat'],
        models: { other: 'm' },
      },
    },
    models: { m: { targets: [{ provider: 'first' }], fallbacks: ['other'] } },
    retry: { again: 0 },
  });
  const whole = await switchyard.ask('/v1beta/models/m:generateContent', { body: HI });
  t.match(whole.json(), { candidates: [{ content: { parts: [{ text: 'well' }] } }] });
  const array = await switchyard.ask('/v1beta/models/m:streamGenerateContent', { body: HI });
  t.match(array.json(), [{ candidates: [{ content: { parts: [{ text: 'well' }] } }] }, {}]);
  t.match(await switchyard.trace(), { attempts: [{ outcome: 'failed' }, { outcome: 'answered' }] });
});

t.test(
  'a stream that a server sends as one array is one of events for a caller that wants them',
  async (t) => {
    const pieces = readRecording('google/google-text.chunks.txt')
      .body.toString()
      .split('\n\n')
      .filter(Boolean)
      .map((event) => JSON.parse(event.slice('data: '.length)));
    const { server, switchyard } = await native(t, { [STREAM]: says(200, pieces) });
    const path = '/v1beta/models/m:streamGenerateContent?alt=sse';
    const events = (await switchyard.ask(path, { body: HI })).text.trim().split('\n\n');
    t.strictSame(
      events.map((event) => JSON.parse(event.slice('data: '.length))),
      pieces,
    );
    const chat = await switchyard.chat({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
    });
    t.match(chat.content, /There are/);
    server.replies[STREAM] = says(200, [piece, overloaded]);
    t.equal((await switchyard.ask(path, { body: HI })).status, 502);
  },
);

t.test('a long request is translated in another thread', async (t) => {
  const { server, switchyard } = await googleBefore(t, well);
  const inlineData = { mimeType: 'image/png', data: 'iVBO'.repeat(500_000) };
  const contents = [{ role: 'user', parts: [{ text: 'What?' }, { inlineData }] }];
  const answer = await switchyard.ask('/v1beta/models/m:generateContent', { body: { contents } });
  t.match(answer.json(), { candidates: [{ content: { parts: [{ text: 'well' }] } }] });
  const [, picture] = server.asked.at(-1)!.body.messages[0].content;
  t.equal(picture.image_url.url, `data:image/png;base64,${inlineData.data}`);
});

t.test('of several candidates each that has begun must end', async (t) => {
  const { server, switchyard } = await native(t, {});
  const of = (index: number, more: object = {}) => ({
    candidates: [{ content: { role: 'model', parts: [{ text: 'a' }] }, index, ...more }],
  });
  const [first, second] = [of(0, { finishReason: 'STOP' }), of(1, { finishReason: 'STOP' })];
  const body = { ...HI, generationConfig: { candidateCount: 2 } };
  for (const [pieces, ending] of [
    [[of(0), of(1), first, second], 'complete'],
    [[of(0), of(1), first], 'cut'],
    [[of(0), first], 'complete'],
  ] as const) {
    server.replies[STREAM] = streams(pieces);
    await switchyard.ask('/v1beta/models/m:streamGenerateContent?alt=sse', { body });
    t.match(await switchyard.trace(), { ending });
  }
});

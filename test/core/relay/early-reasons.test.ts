import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { gatewayInFront } from '../../in-front.ts';
import { chunk, DONE } from './streams.ts';

/** ms: longer than an answer that seems whole may leave its connection open */
const SILENCE = 2_500;

/** Servers that send a finish reason with each piece, in the piece or behind it, as Open WebUI and Gemini have done. */
const PIECES = {
  'a chunk of its own': (text: string) => chunk(0, text) + chunk(0, '', 'stop'),
  'each chunk': (text: string) => chunk(0, text, 'stop'),
};
const gemini = (text: string): string =>
  `data: ${JSON.stringify({ candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, finishReason: 'STOP' }] })}\n\n`;

/** Sends two pieces, a third after a long silence, and then its end: by words, or by a broken connection. */
async function server(t: Test, piece: (text: string) => string, end: string | 'breaks') {
  const http = createServer(async (incoming, response) => {
    await incoming.toArray();
    if (!/completions|streamGenerateContent/.test(incoming.url!)) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(piece('one '));
    response.write(piece('two '));
    await sleep(SILENCE);
    response.write(piece('three'), () => {
      if (end === 'breaks') setTimeout(() => response.destroy(), 100);
      else response.end(end);
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  t.teardown(() => http.close());
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1` };
}

const streamed = { stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
const textsIn = (answer: string): string =>
  [...answer.matchAll(/"(?:content|text)":"(one |two |three)"/g)].map(([, text]) => text).join('');

t.jobs = 4;

for (const [where, piece] of Object.entries(PIECES)) {
  t.test(`an answer goes on behind finish reasons in ${where}`, async (t) => {
    const switchyard = await gatewayInFront(t, { one: await server(t, piece, DONE) });
    for (const path of ['/v1/chat/completions', '/v1/messages']) {
      const answer = await switchyard.ask(path, { body: { model: 'm', ...streamed } });
      t.equal(textsIn(answer.text), 'one two three', path);
      t.notMatch(answer.text, /error/);
      t.match(await switchyard.trace(), { ending: 'complete' });
    }
  });

  t.test(`and is cut where its connection breaks, with reasons in ${where}`, async (t) => {
    const switchyard = await gatewayInFront(t, { one: await server(t, piece, 'breaks') });
    const { text } = await switchyard.chat(streamed);
    t.equal(textsIn(text), 'one two three');
    t.match(text, /stream_cut/);
    t.match(await switchyard.trace(), { ending: 'cut' });
  });
}

t.test('so does one of the Gemini API with a reason in each piece', async (t) => {
  const { url } = await server(t, gemini, '');
  const only = { one: { use: 'gemini', apiKey: 'k' } };
  const switchyard = await gatewayInFront(t, { one: { url: url.replace('/v1', '/v1beta') } }, { only });
  const { text } = await switchyard.chat(streamed);
  t.equal(textsIn(text), 'one two three', text);
  t.match(await switchyard.trace(), { ending: 'complete' });
});

#!/usr/bin/env bash
# ai (npm) 6.0.326 with @ai-sdk/openai-compatible 2.0.92, beside openai (npm) 7.57.0, run on Node 20 or newer.
#
# `data: [DONE]` closes a stream of OpenAI's API, and OpenAI's SDK leaves at it. For the AI SDK it closes nothing: the
# event is skipped, and the stream ends when the body does. A server that ends its body only a while after `[DONE]` keeps
# this client waiting for just that while, with the whole answer and its finish_reason long there.
#
# For whoever relays such streams: end the body after `[DONE]`, whatever the server behind does.
#
# Prints for both clients the text and how long after `[DONE]` they came to their end, where the server ends its body two
# seconds later. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact ai@6.0.326 @ai-sdk/openai-compatible@2.0.92 openai@7.57.0

cat >ask.mjs <<'JS'
import { createServer } from 'node:http';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText } from 'ai';
import OpenAI from 'openai';

const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
let done = 0;
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.write(chunk({ role: 'assistant', content: 'Not today' }) + chunk({}, 'stop') + 'data: [DONE]\n\n');
    done = performance.now();
    setTimeout(() => response.end(), 2_000);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;

async function openai() {
  let text = '';
  const client = new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0 });
  for await (const { choices } of await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true }))
    text += choices[0].delta.content ?? '';
  return text;
}
async function ai() {
  let text = '';
  const model = createOpenAICompatible({ name: 'own', apiKey: 'unused', baseURL })('m');
  for await (const piece of streamText({ model, prompt: 'hi', maxRetries: 0 }).textStream) text += piece;
  return text;
}

const seen = {};
for (const [name, ask] of Object.entries({ openai, ai })) {
  const text = await ask();
  seen[name] = { text, late: (performance.now() - done) / 1000 };
  console.log(`${name}: '${text}', ended ${seen[name].late.toFixed(1)} s after [DONE]`);
}
server.close();
server.closeAllConnections();

const isAsFound =
  seen.openai.text === 'Not today' && seen.openai.late < 1.5 &&
  seen.ai.text === 'Not today' && seen.ai.late >= 1.9;
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

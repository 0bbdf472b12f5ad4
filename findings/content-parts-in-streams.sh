#!/usr/bin/env bash
# openai (npm) 7.59.0, @langchain/openai (npm) 1.5.8, ai (npm) 6.0.326 with @ai-sdk/openai-compatible 2.0.92, and
# @huggingface/inference (npm) 4.13.30 on Node 20 or newer; openai (PyPI) 3.57.0 on Python 3.9 or newer.
#
# Mistral's models that reason stream chat completions whose `content` is a list of parts, of `thinking` and `text`, in place of a
# text. Readers of OpenAI's protocol add up texts. One would expect an error at the first list. Only OpenAI's helper for Python has
# one, a RuntimeError. Of the answer "Hello"
# - OpenAI's helper for Node and Hugging Face's client make the text "[object Object][object Object][object Object]",
# - LangChain for Node makes an empty text.
# The AI SDK reads both, the reasoning and the text.
#
# For gateways: `content` of a delta is a text, and reasoning has a member of its own.
#
# Prints what each reads. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0 @langchain/openai@1.5.8 @langchain/core@1.4.0 \
  ai@6.0.326 @ai-sdk/openai-compatible@2.0.92 @huggingface/inference@4.13.30
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0

cat >ask.py <<'PY'
import json, sys
import openai

url = sys.argv[1]
messages = [{"role": "user", "content": "hi"}]
try:
    with openai.OpenAI(api_key="unused", base_url=url, max_retries=0).chat.completions.stream(model="m", messages=messages) as stream:
        text = stream.get_final_completion().choices[0].message.content
except Exception as error:
    text = f"threw {type(error).__name__}"
print(json.dumps({"openai (PyPI)": text}))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { InferenceClient } from '@huggingface/inference';
import { ChatOpenAI } from '@langchain/openai';
import { streamText } from 'ai';
import OpenAI from 'openai';

console.warn = () => {};
const text = (of) => ({ type: 'text', text: of });
const chunk = (content, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }] })}\n\n`;
const stream = [
  chunk([{ type: 'thinking', thinking: [text('Greet.')] }]),
  chunk([text('Hel')]),
  chunk([text('lo')]),
  chunk('', 'stop'),
  'data: [DONE]\n\n',
].join('');
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/v1`;
const asked = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

async function openai() {
  const client = new OpenAI({ apiKey: 'unused', baseURL: url, maxRetries: 0 });
  return (await client.chat.completions.stream(asked).finalChatCompletion()).choices[0].message.content;
}
async function huggingface() {
  let said = '';
  for await (const { choices } of new InferenceClient('unused', { endpointUrl: url }).chatCompletionStream(asked))
    said += choices[0].delta.content;
  return said;
}
async function langchain() {
  let said = '';
  const model = new ChatOpenAI({ model: 'm', apiKey: 'unused', maxRetries: 0, configuration: { baseURL: url } });
  for await (const piece of await model.stream('hi')) said += piece.content;
  return said;
}
async function ai() {
  const model = createOpenAICompatible({ name: 'own', apiKey: 'unused', baseURL: url })('m');
  const answer = streamText({ model, prompt: 'hi', maxRetries: 0 });
  return `${await answer.text}, reasoning: ${await answer.reasoningText}`;
}

const seen = {
  'openai (npm)': await openai(),
  '@huggingface/inference': await huggingface(),
  '@langchain/openai': await langchain(),
  ai: await ai(),
  ...JSON.parse((await promisify(execFile)('venv/bin/python', ['-W', 'ignore', 'ask.py', url])).stdout),
};
server.close();
server.closeAllConnections();
console.log(seen);
const expected = {
  'openai (npm)': '[object Object]'.repeat(3),
  '@huggingface/inference': '[object Object]'.repeat(3),
  '@langchain/openai': '',
  ai: 'Hello, reasoning: Greet.',
  'openai (PyPI)': 'threw RuntimeError',
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs 2> >(grep -v -i 'langchain packages\|upgrade your packages\|^$' >&2)

#!/usr/bin/env bash
# openai (npm) 7.59.0 on Node 20 or newer, openai (PyPI) 3.57.0 on Python 3.9 or newer.
#
# DeepSeek, vLLM, llama.cpp and others stream what a model thinks as `reasoning_content`, in pieces like `content`. Both SDKs
# have a helper that puts a stream together (`chat.completions.stream()`). The one for Python joins the pieces of members that
# it does not know, as it joins `content`. The one for Node lets each piece replace the one before: of a thought of thousands of
# words the message that it gives has the last one, without an error. An agent that sends such a message back, as some
# servers want between tool calls, sends that.
#
# For clients: read `reasoning_content` from the chunks.
#
# Prints the message that each helper gives. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0

cat >ask.py <<'PY'
import json
import sys
import openai

client = openai.OpenAI(api_key="unused", base_url=sys.argv[1], max_retries=0)
with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": "hi"}]) as stream:
    message = stream.get_final_completion().choices[0].message
print(json.dumps([message.reasoning_content, message.content], separators=(",", ":")))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import OpenAI from 'openai';

const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const stream =
  chunk({ role: 'assistant', content: null }) +
  ['First one thing, ', 'then another, ', 'so this.'].map((reasoning_content) => chunk({ reasoning_content })).join('') +
  ['It is ', 'this.'].map((content) => chunk({ content })).join('') +
  chunk({}, 'stop') + 'data: [DONE]\n\n';
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(stream);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const baseURL = `http://127.0.0.1:${server.address().port}/v1`;

async function node() {
  const client = new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0 });
  const asked = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  const { message } = (await client.chat.completions.stream(asked).finalChatCompletion()).choices[0];
  return JSON.stringify([message.reasoning_content, message.content]);
}
const python = async () => (await promisify(execFile)('venv/bin/python', ['ask.py', baseURL])).stdout.trim();

const seen = { node: await node(), python: await python() };
console.log('[reasoning_content, content]');
for (const [language, message] of Object.entries(seen)) console.log(`${language}: ${message}`);
server.close();
server.closeAllConnections();
const isAsFound =
  seen.node === '["so this.","It is this."]' &&
  seen.python === '["First one thing, then another, so this.","It is this."]';
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

#!/usr/bin/env bash
# openai (npm) 7.59.0 on Node 20 or newer, openai (PyPI) 3.57.0 on Python 3.9 or newer.
#
# Both SDKs have a `timeout` for a request. In Python it bounds each silence, whether the answer is streamed or not. In Node it
# bounds a whole answer, but of a stream no more than the head: once the status is there, nothing bounds the rest. A stream that
# falls silent after its first word is waited for as long as the server keeps it open, for hours or for ever.
#
# For servers of these clients: a silence has to be ended by the server. For users in Node: an AbortSignal of one's own.
#
# Prints what each SDK makes of three seconds of silence behind the head, with a timeout of one. Fails when that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0

cat >ask.py <<'PY'
import sys
import openai

url, kind = sys.argv[1:]
client = openai.OpenAI(api_key="unused", base_url=url, max_retries=0, timeout=1)
asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
text, end = "", "ended"
try:
    if kind == "whole":
        text = client.chat.completions.create(**asked).choices[0].message.content
    else:
        for chunk in client.chat.completions.create(**asked, stream=True):
            text += chunk.choices[0].delta.content
except openai.APIError as error:
    end = f"threw {type(error).__name__}"
print(f"'{text}' {end}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import OpenAI from 'openai';

const head = { id: 'chatcmpl-1', created: 1, model: 'm' };
const chunk = (content, finish_reason = null) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }] })}\n\n`;
const whole = JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }] });
const bodies = {
  streamed: ['text/event-stream', chunk('Hel'), `${chunk('lo', 'stop')}data: [DONE]\n\n`],
  whole: ['application/json', whole.slice(0, 1), whole.slice(1)],
};
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const [type, begin, rest] = bodies[request.url.split('/')[1]];
    response.writeHead(200, { 'content-type': type }).write(begin);
    setTimeout(() => response.end(rest), 3_000);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(baseURL, kind) {
  const { completions } = new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0, timeout: 1_000 }).chat;
  const asked = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  let [text, end] = ['', 'ended'];
  try {
    if (kind === 'whole') text = (await completions.create(asked)).choices[0].message.content;
    else for await (const { choices } of await completions.create({ ...asked, stream: true })) text += choices[0].delta.content;
  } catch (error) {
    end = `threw ${error.constructor.name}`;
  }
  return `'${text}' ${end}`;
}
const python = async (url, kind) => (await promisify(execFile)('venv/bin/python', ['ask.py', url, kind])).stdout.trim();

const expected = {
  node: { streamed: "'Hello' ended", whole: "'' threw APIConnectionTimeoutError" },
  python: { streamed: "'Hel' threw APITimeoutError", whole: "'' threw APITimeoutError" },
};
let isAsFound = true;
for (const [language, ask] of Object.entries({ node, python }))
  for (const kind of Object.keys(bodies)) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}`, kind);
    console.log(`${language}, ${kind}:`, seen);
    if (seen !== expected[language][kind]) isAsFound = false;
  }
server.close();
server.closeAllConnections();
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

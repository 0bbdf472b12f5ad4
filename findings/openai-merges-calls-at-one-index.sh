#!/usr/bin/env bash
# openai (npm) 7.59.0 on Node 20 or newer, openai (PyPI) 3.57.0 and langchain-openai (PyPI) 1.7.4 on Python 3.10 or newer.
#
# Some servers stream each parallel tool call whole, in a chunk of its own, and give all of them `index: 0`: only the ids
# tell them apart. A reader of LangChain makes two calls of them. OpenAI's own SDKs have a helper that puts a stream
# together (`chat.completions.stream()`). They make one call of the two, without an error: its arguments are those of both,
# one behind the other, which is no JSON. In Node the second id and name replace the first; in Python both are joined: the
# calls 'f' and 'g' with the ids 'a' and 'b' become a call of 'fg' with the id 'ab'.
#
# For servers of these clients: every call needs its own index. For gateways: count calls by id and index.
#
# Prints the calls that each client sees. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0 langchain-openai==1.7.4

cat >ask.py <<'PY'
import json
import sys
import openai
from langchain_openai import ChatOpenAI

url = sys.argv[2]
if sys.argv[1] == "openai":
    client = openai.OpenAI(api_key="unused", base_url=url, max_retries=0)
    with client.chat.completions.stream(model="m", messages=[{"role": "user", "content": "hi"}]) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    seen = [[call.id, call.function.name, call.function.arguments] for call in calls]
else:
    whole = None
    for piece in ChatOpenAI(model="m", api_key="unused", base_url=url, max_retries=0).stream("hi"):
        whole = piece if whole is None else whole + piece
    seen = [[call["id"], call["name"], json.dumps(call["args"], separators=(",", ":"))] for call in whole.tool_calls]
print(json.dumps(seen, separators=(",", ":")))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import OpenAI from 'openai';

const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const call = (index, id, name, args) => chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] });
const streams = Object.fromEntries(
  [0, 1].map((second) => [
    second === 0 ? 'same' : 'own',
    chunk({ role: 'assistant', content: null }) + call(0, 'a', 'f', '{"x":1}') + call(second, 'b', 'g', '{"y":2}') +
      chunk({}, 'tool_calls') + 'data: [DONE]\n\n',
  ]),
);
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(streams[request.url.split('/')[1]]);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(baseURL) {
  const client = new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0 });
  const asked = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
  const whole = await client.chat.completions.stream(asked).finalChatCompletion();
  return JSON.stringify(whole.choices[0].message.tool_calls.map(({ id, function: { name, arguments: args } }) => [id, name, args]));
}
const python = (client) => async (baseURL) =>
  (await promisify(execFile)('venv/bin/python', ['ask.py', client, baseURL])).stdout.trim();

const two = '[["a","f","{\\"x\\":1}"],["b","g","{\\"y\\":2}"]]';
const joined = (id, name) => `[["${id}","${name}","{\\"x\\":1}{\\"y\\":2}"]]`;
const clients = {
  'openai (npm)': { ask: node, same: joined('b', 'g') },
  'openai (PyPI)': { ask: python('openai'), same: joined('ab', 'fg') },
  'langchain-openai': { ask: python('langchain'), same: two },
};
let isAsFound = true;
for (const [name, { ask, same }] of Object.entries(clients))
  for (const [kind, expected] of Object.entries({ own: two, same })) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}/v1`);
    console.log(`${name}, ${kind} index:`, seen);
    if (seen !== expected) isAsFound = false;
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

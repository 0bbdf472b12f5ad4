#!/usr/bin/env bash
# @langchain/openai (npm) 1.5.8 on Node 20 or newer, langchain-openai (PyPI) 1.7.4 on Python 3.10 or newer.
#
# A tool without parameters is called with nothing, and some servers write that as `"arguments": ""` instead of `"{}"`.
# LangChain in Python takes it for {} whether the answer is whole or streamed. LangChain in Node does so in a stream only: in
# a whole answer the same call is in `invalid_tool_calls`, `tool_calls` is empty, and an agent takes the answer for its end:
# a final answer without any text, and a tool that never ran.
#
# For servers and gateways of these clients: nothing is `"{}"`.
#
# Prints the calls of the same answer, whole and streamed. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @langchain/openai@1.5.8 @langchain/core@1.4.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install langchain-openai==1.7.4

cat >ask.py <<'PY'
import json, sys
from langchain_openai import ChatOpenAI

model = ChatOpenAI(model="m", base_url=sys.argv[1], api_key="unused", max_retries=0)
streamed = None
for piece in model.stream("hi"):
    streamed = piece if streamed is None else streamed + piece
told = lambda message: f"{len(message.tool_calls)} valid, {len(message.invalid_tool_calls)} invalid"
print(json.dumps({"whole": told(model.invoke("hi")), "streamed": told(streamed)}))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { ChatOpenAI } from '@langchain/openai';

const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'now', arguments: '' } };
const head = { id: 'chatcmpl-1', created: 1, model: 'm' };
const chunk = (delta, finish_reason) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const stream = `${chunk({ role: 'assistant', tool_calls: [call] }, null)}${chunk({}, 'tool_calls')}data: [DONE]\n\n`;
const message = { role: 'assistant', content: null, tool_calls: [call] };
const whole = JSON.stringify({ ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'tool_calls' }] });
const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const isStream = JSON.parse(body).stream === true;
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  response.end(isStream ? stream : whole);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/v1`;

const model = new ChatOpenAI({ model: 'm', apiKey: 'unused', maxRetries: 0, configuration: { baseURL: url } });
const told = ({ tool_calls, invalid_tool_calls }) => `${tool_calls.length} valid, ${invalid_tool_calls.length} invalid`;
let streamed;
for await (const piece of await model.stream('hi')) streamed = streamed?.concat(piece) ?? piece;
const seen = {
  node: { whole: told(await model.invoke('hi')), streamed: told(streamed) },
  python: JSON.parse((await promisify(execFile)('venv/bin/python', ['-W', 'ignore', 'ask.py', url])).stdout),
};
server.close();
server.closeAllConnections();
console.log(seen);
const well = '1 valid, 0 invalid';
const expected = { node: { whole: '0 valid, 1 invalid', streamed: well }, python: { whole: well, streamed: well } };
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs 2> >(grep -v -i 'langchain packages\|upgrade your packages\|^$' >&2)

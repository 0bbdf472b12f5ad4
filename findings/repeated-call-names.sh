#!/usr/bin/env bash
# openai (PyPI) 3.57.0, langchain-openai (PyPI) 1.7.4 and haystack-ai (PyPI) 3.4.1 on Python 3.10 or newer, openai (npm) 7.59.0 on
# Node 20 or newer.
#
# OpenAI's API says the id and the name of a streamed tool call once, with its first fragment. Nothing forbids to say them with
# each, and some compatible servers do. `id` and `name` are no text that grows, and yet these readers join them as if they were:
# the call of `pay` is one of `paypaypay`, a tool that does not exist. OpenAI's helper for Python does the same to the id. Nothing is
# raised. OpenAI's helper for Node has both right.
#
# For servers and gateways of these clients: say a name and an id once.
#
# Prints what each makes of one call whose three fragments all have both. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0 langchain-openai==1.7.4
python3 -m venv other
other/bin/pip --quiet --disable-pip-version-check install haystack-ai==3.4.1 openai==2.54.0

cat >ask.py <<'PY'
import json, sys
import openai
from langchain_openai import ChatOpenAI

url = sys.argv[1]
asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
with openai.OpenAI(api_key="unused", base_url=url, max_retries=0).chat.completions.stream(**asked) as stream:
    [call] = stream.get_final_completion().choices[0].message.tool_calls
whole = None
for piece in ChatOpenAI(model="m", base_url=url, api_key="unused", max_retries=0).stream("hi"):
    whole = piece if whole is None else whole + piece
[chained] = whole.tool_calls
print(json.dumps({"openai": [call.id, call.function.name], "langchain": [chained["id"], chained["name"]]}))
PY

cat >other.py <<'PY'
import json, sys
from haystack.components.generators.chat import OpenAIChatGenerator
from haystack.dataclasses import ChatMessage
from haystack.utils import Secret

key = Secret.from_token("unused")
generator = OpenAIChatGenerator(key, model="m", api_base_url=sys.argv[1], max_retries=0, streaming_callback=lambda _: None)
[call] = generator.run([ChatMessage.from_user("hi")])["replies"][0].tool_calls
print(json.dumps({"haystack": [call.id, call.tool_name]}))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import OpenAI from 'openai';

const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const call = (args) => chunk({ role: 'assistant', tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'pay', arguments: args } }] });
const stream = ['', '{"amount":', ' 1000}'].map(call).join('') + chunk({}, 'tool_calls') + 'data: [DONE]\n\n';
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/v1`;

const client = new OpenAI({ apiKey: 'unused', baseURL: url, maxRetries: 0 });
const asked = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };
const [{ id, function: called }] = (await client.chat.completions.stream(asked).finalChatCompletion()).choices[0].message.tool_calls;
const python = async (venv, file) => JSON.parse((await promisify(execFile)(`${venv}/bin/python`, ['-W', 'ignore', file, url])).stdout);
const seen = { 'openai (npm)': [id, called.name], ...(await python('venv', 'ask.py')), ...(await python('other', 'other.py')) };
server.close();
server.closeAllConnections();
console.log(seen);
const expected = {
  'openai (npm)': ['call_1', 'pay'],
  openai: ['call_1call_1call_1', 'paypaypay'],
  langchain: ['call_1', 'paypaypay'],
  haystack: ['call_1', 'paypaypay'],
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

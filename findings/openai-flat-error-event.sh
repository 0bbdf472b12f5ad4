#!/usr/bin/env bash
# openai (PyPI) 3.57.0 and llama-index-llms-openai (PyPI) 0.8.3 on Python 3.10 or newer, @langchain/openai (npm) 1.5.8 on Node 20 or
# newer.
#
# The reference of the Responses API describes an error in a stream as an event with `code`, `message` and `param` on top. The API
# itself nests them in `error`, and the SDKs of OpenAI go by that: the nested one is raised, and the documented one is an event like
# any other. `response.failed` is never raised. So a stream that fails in the documented way is, for what stands on these SDKs, half
# an answer and no error: LlamaIndex and LangChain for Node end their streams as after a whole one.
#
# For servers of these clients: an `error` event needs both, the members on top and the same in `error`.
#
# Prints how each ends a stream of one word and such an end. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @langchain/openai@1.5.8 @langchain/core@1.4.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0
python3 -m venv llama
llama/bin/pip --quiet --disable-pip-version-check install llama-index-llms-openai==0.8.3

cat >ask.py <<'PY'
import sys
import openai

text, end = "", "ended"
try:
    for event in openai.OpenAI(api_key="unused", base_url=sys.argv[1], max_retries=0).responses.create(model="m", input="hi", stream=True):
        text += event.delta if event.type == "response.output_text.delta" else ""
except openai.APIError:
    end = "threw"
print(f"'{text}' {end}")
PY

cat >llama.py <<'PY'
import sys
from llama_index.llms.openai import OpenAIResponses

text, end = "", "ended"
try:
    for piece in OpenAIResponses(model="gpt-4o-mini", api_base=sys.argv[1], api_key="unused", max_retries=0).stream_complete("hi"):
        text += piece.delta or ""
except Exception:
    end = "threw"
print(f"'{text}' {end}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { ChatOpenAI } from '@langchain/openai';

const response = (status, error) => ({
  id: 'resp_1', object: 'response', created_at: 1, model: 'm', status, output: [], error, incomplete_details: null,
  parallel_tool_calls: true, tool_choice: 'auto', tools: [], metadata: {},
});
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const begin = [
  { type: 'response.created', response: response('in_progress', null) },
  { type: 'response.output_item.added', output_index: 0, item },
  { type: 'response.content_part.added', ...at, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } },
  { type: 'response.output_text.delta', ...at, delta: 'Half', logprobs: [] },
];
const error = { code: 'server_error', message: 'overloaded', param: null };
const failed = { type: 'response.failed', response: response('failed', { code: error.code, message: error.message }) };
const ends = { flat: { type: 'error', ...error }, nested: { type: 'error', error: { type: 'server_error', ...error } }, failed };
const server = createServer((request, reply) => {
  request.resume().on('end', () => {
    const events = [...begin, ends[request.url.split('/')[1]]];
    reply.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.end(events.map((event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`).join(''));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function langchain(baseURL) {
  let [text, end] = ['', 'ended'];
  const model = new ChatOpenAI({ model: 'm', apiKey: 'unused', maxRetries: 0, useResponsesApi: true, configuration: { baseURL } });
  try {
    for await (const piece of await model.stream('hi')) text += piece.text;
  } catch {
    end = 'threw';
  }
  return `'${text}' ${end}`;
}
const python = (venv, file) => async (url) => (await promisify(execFile)(`${venv}/bin/python`, ['-W', 'ignore', file, url])).stdout.trim();

const readers = { 'openai (PyPI)': python('venv', 'ask.py'), 'llama-index': python('llama', 'llama.py'), 'langchain (npm)': langchain };
let isAsFound = true;
for (const [name, ask] of Object.entries(readers))
  for (const kind of Object.keys(ends)) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}`);
    console.log(`${name}, ${kind}:`, seen);
    if (seen !== `'Half' ${kind === 'nested' ? 'threw' : 'ended'}`) isAsFound = false;
  }
server.close();
server.closeAllConnections();
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs 2> >(grep -v -i 'langchain packages\|upgrade your packages\|^$' >&2)

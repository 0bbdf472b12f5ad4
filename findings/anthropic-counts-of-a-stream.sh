#!/usr/bin/env bash
# langchain-anthropic (PyPI) 1.7.10, litellm (PyPI) 1.110.2 and anthropic (PyPI) 2.14.0 on Python 3.10 or newer,
# @langchain/anthropic (npm) 1.5.11 on Node 20 or newer.
#
# A stream of the Messages API counts at both ends: `message_start` has the input's tokens and the output's so far, and each
# `message_delta` has the running count of the output; the input's may be missing there, as in the examples of the API's
# documentation. Anthropic's SDK reads 10 in and 5 out. With the very same events
# - LangChain for Python has 0 tokens in, for it reads the last event only;
# - LangChain for Node has 6 out: it adds the first count to the last one;
# - where a second `message_delta` comes, both add up all counts, and LiteLLM keeps the first: 8, 9 and 3 out in place of 5.
#
# For servers and gateways of these clients: one `message_delta` with all counts, and 0 tokens out in `message_start`.
#
# Prints the tokens that each reads. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @langchain/anthropic@1.5.11 @langchain/core@1.4.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install langchain-anthropic==1.7.10 litellm==1.110.2 anthropic==2.14.0

cat >ask.py <<'PY'
import json, os, sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import anthropic
import litellm
from langchain_anthropic import ChatAnthropic

url = sys.argv[1]
messages = [{"role": "user", "content": "hi"}]


def sdk():
    client = anthropic.Anthropic(api_key="unused", base_url=url, max_retries=0)
    with client.messages.stream(model="m", max_tokens=9, messages=messages) as stream:
        usage = stream.get_final_message().usage
    return [usage.input_tokens, usage.output_tokens]


def langchain():
    whole = None
    for piece in ChatAnthropic(model="m", base_url=url, api_key="unused", max_retries=0).stream("hi"):
        whole = piece if whole is None else whole + piece
    return [whole.usage_metadata["input_tokens"], whole.usage_metadata["output_tokens"]]


def lite():
    asked = {"model": "anthropic/claude-sonnet-4-5", "api_key": "unused", "api_base": url, "messages": messages, "max_retries": 0}
    pieces = litellm.completion(**asked, stream=True, stream_options={"include_usage": True})
    usage = litellm.stream_chunk_builder(list(pieces), messages=messages).usage
    return [usage.prompt_tokens, usage.completion_tokens]


print(json.dumps({"anthropic": sdk(), "langchain (PyPI)": langchain(), "litellm": lite()}))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { ChatAnthropic } from '@langchain/anthropic';

const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null };
const delta = (stop_reason, output_tokens) => ({ type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens } });
const stream = (...deltas) =>
  [
    { type: 'message_start', message: { ...message, usage: { input_tokens: 10, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello there' } },
    { type: 'content_block_stop', index: 0 },
    ...deltas,
    { type: 'message_stop' },
  ]
    .map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
    .join('');
const streams = { one: stream(delta('end_turn', 5)), two: stream(delta(null, 3), delta('end_turn', 5)) };
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(streams[request.url.split('/')[1]]);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const seen = {};
for (const kind of Object.keys(streams)) {
  const url = `http://127.0.0.1:${server.address().port}/${kind}`;
  let whole;
  const model = new ChatAnthropic({ model: 'm', apiKey: 'unused', maxRetries: 0, anthropicApiUrl: url });
  for await (const piece of await model.stream('hi')) whole = whole?.concat(piece) ?? piece;
  const { input_tokens, output_tokens } = whole.usage_metadata;
  const { stdout } = await promisify(execFile)('venv/bin/python', ['-W', 'ignore', 'ask.py', url]);
  seen[kind] = { ...JSON.parse(stdout), 'langchain (npm)': [input_tokens, output_tokens] };
  console.log(`${kind} message_delta:`, JSON.stringify(seen[kind]));
}
server.close();
server.closeAllConnections();
const expected = {
  one: { anthropic: [10, 5], 'langchain (PyPI)': [0, 5], litellm: [10, 5], 'langchain (npm)': [10, 6] },
  two: { anthropic: [10, 5], 'langchain (PyPI)': [0, 8], litellm: [10, 3], 'langchain (npm)': [10, 9] },
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

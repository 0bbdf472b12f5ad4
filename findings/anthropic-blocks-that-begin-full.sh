#!/usr/bin/env bash
# @anthropic-ai/sdk (npm) 1.14.0, @langchain/anthropic (npm) 1.5.11 and ai (npm) 6.0.326 with @ai-sdk/anthropic 3.0.140 on Node 20
# or newer; litellm (PyPI) 1.110.2 and strands-agents (PyPI) 1.62.0 on Python 3.10 or newer.
#
# In a stream of the Messages API `content_block_start` holds a block as it begins. Mostly it is empty and grows by deltas, but it
# need not be: a block may begin with text, and a tool call may be whole from its start. Anthropic's SDK keeps what is there. Of the
# same events
# - the AI SDK and Strands lose the text that a block begins with,
# - LiteLLM, LangChain for Node and Strands lose the arguments: the tool runs with `{}`, and nothing is raised.
#
# For servers of these clients: begin each block empty, and send all that it holds as deltas.
#
# Prints what each makes of such a text ("Hel", then "lo") and such a call. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @anthropic-ai/sdk@1.14.0 @langchain/anthropic@1.5.11 \
  @langchain/core@1.4.0 ai@6.0.326 @ai-sdk/anthropic@3.0.140
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install litellm==1.110.2 strands-agents==1.62.0 anthropic==2.14.0

cat >ask.py <<'PY'
import asyncio, json, os, sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
from strands import Agent, tool
from strands.models.anthropic import AnthropicModel

url = sys.argv[1]
messages = [{"role": "user", "content": "hi"}]
paid = []


@tool
def pay(amount: int = 0) -> str:
    """Pays."""
    paid.append(amount)
    return "paid"


def lite():
    asked = {"model": "anthropic/claude-sonnet-4-5", "api_key": "unused", "api_base": url, "messages": messages, "max_retries": 0}
    message = litellm.stream_chunk_builder(list(litellm.completion(**asked, stream=True)), messages=messages).choices[0].message
    return json.loads(message.tool_calls[0].function.arguments) if message.tool_calls else message.content


def strands():
    model = AnthropicModel(client_args={"api_key": "unused", "base_url": url, "max_retries": 0}, model_id="m", max_tokens=9)
    said = str(Agent(model=model, tools=[pay], callback_handler=None)("hi")).strip()
    return {"amount": paid[0]} if paid else said


print(json.dumps({"litellm": lite(), "strands": strands()}))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { createAnthropic } from '@ai-sdk/anthropic';
import Anthropic from '@anthropic-ai/sdk';
import { ChatAnthropic } from '@langchain/anthropic';
import { jsonSchema, streamText, tool } from 'ai';

globalThis.AI_SDK_LOG_WARNINGS = false;
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null };
const stream = (stop_reason, ...blocks) =>
  [
    { type: 'message_start', message: { ...message, usage: { input_tokens: 10, output_tokens: 0 } } },
    ...blocks,
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { input_tokens: 10, output_tokens: 5 } },
    { type: 'message_stop' },
  ]
    .map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
    .join('');
const begin = (content_block) => ({ type: 'content_block_start', index: 0, content_block });
const more = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'lo' } };
const streams = {
  text: stream('end_turn', begin({ type: 'text', text: 'Hel' }), more),
  call: stream('tool_use', begin({ type: 'tool_use', id: 'toolu_1', name: 'pay', input: { amount: 1000 } })),
  over: stream('end_turn', begin({ type: 'text', text: '' }), more),
};
const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  const kind = body.includes('tool_result') ? 'over' : request.url.split('/')[1];
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(streams[kind]);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function sdk(baseURL) {
  const asked = { model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] };
  const { content } = await new Anthropic({ apiKey: 'unused', baseURL, maxRetries: 0 }).messages.stream(asked).finalMessage();
  return content[0].input ?? content[0].text;
}
async function langchain(anthropicApiUrl) {
  let whole;
  const model = new ChatAnthropic({ model: 'm', apiKey: 'unused', maxRetries: 0, anthropicApiUrl });
  for await (const piece of await model.stream('hi')) whole = whole?.concat(piece) ?? piece;
  return whole.tool_calls[0]?.args ?? whole.content;
}
async function ai(url) {
  let paid;
  const inputSchema = jsonSchema({ type: 'object', properties: { amount: { type: 'integer' } } });
  const pay = tool({ inputSchema, execute: (input) => { paid = input; return 'paid'; } });
  const model = createAnthropic({ apiKey: 'unused', baseURL: `${url}/v1` })('m');
  const text = await streamText({ model, prompt: 'hi', maxRetries: 0, tools: { pay } }).text;
  return paid ?? text;
}

const seen = {};
for (const kind of ['text', 'call']) {
  const url = `http://127.0.0.1:${server.address().port}/${kind}`;
  const { stdout } = await promisify(execFile)('venv/bin/python', ['-W', 'ignore', 'ask.py', url]);
  seen[kind] = { '@anthropic-ai/sdk': await sdk(url), '@langchain/anthropic': await langchain(url), ai: await ai(url), ...JSON.parse(stdout) };
  console.log(`${kind}:`, JSON.stringify(seen[kind]));
}
server.close();
server.closeAllConnections();
const call = { amount: 1000 };
const expected = {
  text: { '@anthropic-ai/sdk': 'Hello', '@langchain/anthropic': 'Hello', ai: 'lo', litellm: 'Hello', strands: 'lo' },
  call: { '@anthropic-ai/sdk': call, '@langchain/anthropic': {}, ai: call, litellm: {}, strands: { amount: 0 } },
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

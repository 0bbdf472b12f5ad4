#!/usr/bin/env bash
# langchain-openai (PyPI) 1.7.4 with langgraph (PyPI) 1.2.24 on Python 3.10 or newer, @langchain/openai (npm) 1.5.8 on Node 20
# or newer.
#
# A model that runs out of tokens stops in the middle of a tool call: its arguments break off, and the reason is `length`.
# In a whole answer LangChain sees that: the call is in `invalid_tool_calls`. In a stream it completes the broken JSON, and
# the call is in `tool_calls` like any other. Where the arguments break off in a number, the number is another one: the model
# was about to say 1000, and `pay(amount=10)` is called. LangGraph's ToolNode runs it. The only sign is `finish_reason`.
#
# For those who run tools of a streamed message: look at `finish_reason` first.
#
# Prints the calls of the same answer, whole and streamed, and what was run. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @langchain/openai@1.5.8 @langchain/core@1.4.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install langchain-openai==1.7.4 langgraph==1.2.24

cat >ask.py <<'PY'
import json, sys
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.prebuilt import ToolNode
from langgraph.graph import END, START, MessagesState, StateGraph

paid = []


@tool
def pay(amount: int) -> str:
    """Pays."""
    paid.append(amount)
    return "paid"


model = ChatOpenAI(model="m", base_url=sys.argv[1], api_key="unused", max_retries=0)


def told(message):
    return {"valid": [call["args"] for call in message.tool_calls], "invalid": len(message.invalid_tool_calls)}


whole = model.invoke("hi")
streamed = None
for piece in model.stream("hi"):
    streamed = piece if streamed is None else streamed + piece
graph = StateGraph(MessagesState)
graph.add_node("tools", ToolNode([pay]))
graph.add_edge(START, "tools")
graph.add_edge("tools", END)
graph.compile().invoke({"messages": [AIMessage(content="", tool_calls=streamed.tool_calls)]})
print(json.dumps({"whole": told(whole), "streamed": told(streamed), "paid": paid}))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { ChatOpenAI } from '@langchain/openai';

const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'pay', arguments: '{"amount": 10' } };
const head = { id: 'chatcmpl-1', created: 1, model: 'm' };
const chunk = (delta, finish_reason) =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const stream = `${chunk({ role: 'assistant', tool_calls: [call] }, null)}${chunk({}, 'length')}data: [DONE]\n\n`;
const message = { role: 'assistant', content: null, tool_calls: [call] };
const whole = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [{ index: 0, message, finish_reason: 'length' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});
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
const told = ({ tool_calls, invalid_tool_calls }) => ({
  valid: tool_calls.map(({ args }) => args),
  invalid: invalid_tool_calls.length,
});
let streamed;
for await (const piece of await model.stream('hi')) streamed = streamed?.concat(piece) ?? piece;
const seen = {
  python: JSON.parse((await promisify(execFile)('venv/bin/python', ['ask.py', url])).stdout),
  node: { whole: told(await model.invoke('hi')), streamed: told(streamed) },
};
server.close();
server.closeAllConnections();
console.log('Python:', JSON.stringify(seen.python));
console.log('Node:', JSON.stringify(seen.node));
const expected = { whole: { valid: [], invalid: 1 }, streamed: { valid: [{ amount: 10 }], invalid: 0 } };
if (JSON.stringify(seen) !== JSON.stringify({ python: { ...expected, paid: [10] }, node: expected })) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs 2> >(grep -v -i 'langchain packages\|upgrade your packages\|^$' >&2)

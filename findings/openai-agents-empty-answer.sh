#!/usr/bin/env bash
# @openai/agents (npm) 0.20.0 on Node 22 or newer, openai-agents (PyPI) 0.24.0 on Python 3.10 or newer.
#
# A model may have nothing to say: an answer without text or tool call, with the reason `stop`. It ends a run, with '' as its
# final output, in Python, and in Node where the answer is whole. Where Node streams the same answer, it is no final output:
# the same conversation is sent again, and again, until `maxTurns` (10 by default) is reached and the run throws. At
# temperature 0 each of these requests has the same answer, and all are paid for.
#
# For those who stream agents in Node: a low `maxTurns` is the only bound on this.
#
# Prints the number of requests and how each run ends. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @openai/agents@0.20.0 openai@6.49.0 zod@4
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai-agents==0.24.0

cat >ask.py <<'PY'
import asyncio, sys
from agents import Agent, OpenAIChatCompletionsModel, Runner, set_tracing_disabled
from openai import AsyncOpenAI


async def ask():
    client = AsyncOpenAI(base_url=sys.argv[1], api_key="unused", max_retries=0)
    agent = Agent(name="a", model=OpenAIChatCompletionsModel(model="m", openai_client=client))
    if sys.argv[2] == "whole":
        return (await Runner.run(agent, "hi")).final_output
    run = Runner.run_streamed(agent, "hi")
    async for _ in run.stream_events():
        pass
    return run.final_output


set_tracing_disabled(True)
try:
    print(f"final output {asyncio.run(ask())!r}")
except Exception as error:
    print(f"threw {type(error).__name__}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { Agent, OpenAIChatCompletionsModel, run, setTracingDisabled } from '@openai/agents';
import OpenAI from 'openai';

setTracingDisabled(true);
const head = { id: 'chatcmpl-1', created: 1, model: 'm' };
const usage = { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 };
const message = { role: 'assistant', content: '' };
const whole = { ...head, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage };
const chunk = (choices, more) => `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
const stream = [
  chunk([{ index: 0, delta: message, finish_reason: null }]),
  chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]),
  chunk([], { usage }),
  'data: [DONE]\n\n',
].join('');
let requests = 0;
const server = createServer(async (request, response) => {
  requests += 1;
  let body = '';
  for await (const piece of request) body += piece;
  const isStream = JSON.parse(body).stream === true;
  response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
  response.end(isStream ? stream : JSON.stringify(whole));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/v1`;

async function node(kind) {
  const client = new OpenAI({ baseURL: url, apiKey: 'unused', maxRetries: 0 });
  const agent = new Agent({ name: 'a', model: new OpenAIChatCompletionsModel(client, 'm') });
  try {
    const answer = await run(agent, 'hi', { stream: kind === 'streamed' });
    if (kind === 'streamed') for await (const _ of answer);
    if (kind === 'streamed') await answer.completed;
    return `final output '${answer.finalOutput}'`;
  } catch (error) {
    return `threw ${error.constructor.name}`;
  }
}
const python = async (kind) =>
  (await promisify(execFile)('venv/bin/python', ['-W', 'ignore', 'ask.py', url, kind])).stdout.trim();

const seen = {};
for (const [name, ask] of Object.entries({ node, python }))
  for (const kind of ['whole', 'streamed']) {
    requests = 0;
    seen[`${name} ${kind}`] = `${await ask(kind)}, ${requests} requests`;
    console.log(`${name}, ${kind}:`, seen[`${name} ${kind}`]);
  }
server.close();
server.closeAllConnections();
const ended = "final output '', 1 requests";
const expected = {
  'node whole': ended,
  'node streamed': 'threw MaxTurnsExceededError, 10 requests',
  'python whole': ended,
  'python streamed': ended,
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

#!/usr/bin/env bash
# openai (PyPI) 3.57.0, langchain-openai (PyPI) 1.7.4 and litellm (PyPI) 1.110.2 on Python 3.10 or newer; openai (npm) 7.59.0,
# @langchain/openai (npm) 1.5.8 and ai (npm) 6.0.326 on Node 20 or newer.
#
# A program that has read enough leaves the loop over a stream. In Node, OpenAI's SDK and LangChain close the connection at
# that, so that the server can stop. The AI SDK does not: it reads the rest of the answer unseen. In Python none of the three
# closes anything: the connection stays open, also where no variable holds the stream, and the server goes on to the end. So an
# answer that was left after one word is paid for whole.
#
# For those who leave early: `with` or `close()` in Python, an `abortSignal` for the AI SDK. A server cannot know.
#
# Prints whether the server has seen its caller go after the loop was left. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0 @langchain/openai@1.5.8 @langchain/core@1.4.0 \
  ai@6.0.326 @ai-sdk/openai-compatible@2.0.92
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0 langchain-openai==1.7.4 litellm==1.110.2

cat >ask.py <<'PY'
import json, os, sys, urllib.request

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
import openai
from langchain_openai import ChatOpenAI

url = sys.argv[1]
asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}


def gone(name):
    return json.load(urllib.request.urlopen(f"{url}/gone/{name}"))


def client(name):
    return openai.OpenAI(api_key="unused", base_url=f"{url}/{name}", max_retries=0).chat.completions


def named():
    stream = client("named").create(**asked)
    for _ in stream:
        break
    return gone("named")


def unnamed():
    for _ in client("unnamed").create(**asked):
        break
    return gone("unnamed")


def closed():
    with client("closed").create(**asked) as stream:
        for _ in stream:
            break
    return gone("closed")


def langchain():
    stream = ChatOpenAI(model="m", api_key="unused", base_url=f"{url}/langchain", max_retries=0).stream("hi")
    for _ in stream:
        break
    return gone("langchain")


def lite():
    stream = litellm.completion(**{**asked, "model": "openai/m"}, api_key="unused", api_base=f"{url}/litellm")
    for _ in stream:
        break
    return gone("litellm")


print(json.dumps({"openai": named(), "openai, no name": unnamed(), "openai, with": closed(), "langchain": langchain(), "litellm": lite()}))
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { streamText } from 'ai';
import OpenAI from 'openai';

const chunk = (content, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }] })}\n\n`;
const streams = new Map();
const after = (time) => new Promise((done) => setTimeout(done, time));
const server = createServer(async (request, response) => {
  request.resume();
  await once(request, 'end');
  const [, name, which] = request.url.split('/');
  if (name === 'gone') {
    const stream = streams.get(which);
    if (!stream.destroyed) await Promise.race([once(stream, 'close'), after(2_000)]);
    const isGone = stream.destroyed;
    stream.end(`${chunk('word ').repeat(99)}${chunk('', 'stop')}data: [DONE]\n\n`);
    return response.end(JSON.stringify(isGone));
  }
  streams.set(name, response);
  response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunk('word '));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const url = `http://127.0.0.1:${server.address().port}`;
const gone = async (name) => (await fetch(`${url}/gone/${name}`)).json();

async function openai() {
  const client = new OpenAI({ apiKey: 'unused', baseURL: `${url}/openai`, maxRetries: 0 });
  const stream = await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true });
  for await (const _ of stream) break;
  return gone('openai');
}
async function langchain() {
  const model = new ChatOpenAI({ model: 'm', apiKey: 'unused', maxRetries: 0, configuration: { baseURL: `${url}/chain` } });
  const stream = await model.stream('hi');
  for await (const _ of stream) break;
  return gone('chain');
}
async function ai() {
  const model = createOpenAICompatible({ name: 'own', apiKey: 'unused', baseURL: `${url}/ai` })('m');
  const { textStream } = streamText({ model, prompt: 'hi', maxRetries: 0 });
  for await (const _ of textStream) break;
  return gone('ai');
}

const seen = {
  node: { openai: await openai(), langchain: await langchain(), ai: await ai() },
  python: JSON.parse((await promisify(execFile)('venv/bin/python', ['-W', 'ignore', 'ask.py', url])).stdout),
};
server.close();
server.closeAllConnections();
for (const [language, clients] of Object.entries(seen))
  for (const [name, isGone] of Object.entries(clients)) console.log(`${language}, ${name}: ${isGone ? 'gone' : 'still there'}`);
const expected = {
  node: { openai: true, langchain: true, ai: false },
  python: { openai: false, 'openai, no name': false, 'openai, with': true, langchain: false, litellm: false },
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs 2> >(grep -v -i 'langchain packages\|upgrade your packages\|^$' >&2)

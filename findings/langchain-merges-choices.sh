#!/usr/bin/env bash
# langchain-openai (PyPI) 1.7.4 on Python 3.10 or newer, @langchain/openai (npm) 1.5.8 on Node 20 or newer.
#
# With `n=2` a model gives two answers, told apart by `index`. LangChain asks for both, but its `stream()` does not read the
# index: the fragments of both answers are joined to one text as they happen to come, "one" and "TWO" to "onTWeO", and the
# reason of the message is "stopstop", which is no reason that code compares with. Nothing is raised.
#
# For those who stream: `n` must be 1, and a reason must not be compared with "stop" alone.
#
# Prints what each makes of a stream of two answers whose fragments take turns. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @langchain/openai@1.5.8 @langchain/core@1.4.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install langchain-openai==1.7.4

cat >ask.py <<'PY'
import sys
from langchain_openai import ChatOpenAI

whole = None
for piece in ChatOpenAI(model="m", n=2, base_url=sys.argv[1], api_key="unused", max_retries=0).stream("hi"):
    whole = piece if whole is None else whole + piece
print(whole.content, whole.response_metadata["finish_reason"])
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { ChatOpenAI } from '@langchain/openai';

const chunk = (index, delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index, delta, finish_reason }] })}\n\n`;
const texts = [['on', 'e'], ['TW', 'O']];
const stream = [
  ...[0, 1].map((index) => chunk(index, { role: 'assistant', content: '' })),
  ...[0, 1].flatMap((nth) => [0, 1].map((index) => chunk(index, { content: texts[index][nth] }))),
  ...[0, 1].map((index) => chunk(index, {}, 'stop')),
  'data: [DONE]\n\n',
].join('');
const asked = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  asked.push(JSON.parse(body).n);
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/v1`;

let whole;
const model = new ChatOpenAI({ model: 'm', n: 2, apiKey: 'unused', maxRetries: 0, configuration: { baseURL: url } });
for await (const piece of await model.stream('hi')) whole = whole?.concat(piece) ?? piece;
const seen = {
  node: `${whole.content} ${whole.response_metadata.finish_reason}`,
  python: (await promisify(execFile)('venv/bin/python', ['-W', 'ignore', 'ask.py', url])).stdout.trim(),
};
server.close();
server.closeAllConnections();
console.log(seen, 'n:', asked);
if (seen.node !== 'onTWeO stopstop' || seen.python !== 'onTWeO stopstop' || asked.some((n) => n !== 2)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

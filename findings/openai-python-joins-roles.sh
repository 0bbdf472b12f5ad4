#!/usr/bin/env bash
# openai (PyPI) 3.57.0 on Python 3.9 or newer, openai (npm) 7.59.0 on Node 20 or newer.
#
# Many compatible servers say `"role": "assistant"` with each chunk, where OpenAI says it with the first. The stream helper of
# the Python SDK joins roles as it joins texts: the role of the final message is "assistantassistantassistant". A program that
# puts this message into the conversation, as one does, sends that role with its next request, and a server refuses it then, far
# from the cause. The helper for Node has the role right.
#
# For servers and gateways of these clients: a role in the first chunk only.
#
# Prints the role of the message, and the one that the next request sends. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0

cat >ask.py <<'PY'
import sys
import openai

client = openai.OpenAI(api_key="unused", base_url=sys.argv[1], max_retries=0)
messages = [{"role": "user", "content": "hi"}]
for turn in range(2):
    with client.chat.completions.stream(model="m", messages=messages) as stream:
        message = stream.get_final_completion().choices[0].message
    messages += [message, {"role": "user", "content": "and?"}]
print(message.role)
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import OpenAI from 'openai';

const chunk = (content, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason }] })}\n\n`;
const stream = `${chunk('Not ')}${chunk('today')}${chunk('', 'stop')}data: [DONE]\n\n`;
const sent = [];
const server = createServer(async (request, response) => {
  let body = '';
  for await (const piece of request) body += piece;
  sent.push(JSON.parse(body).messages[1]?.role);
  response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/v1`;

async function node() {
  const client = new OpenAI({ apiKey: 'unused', baseURL: url, maxRetries: 0 });
  const messages = [{ role: 'user', content: 'hi' }];
  for (const _ of [1, 2]) {
    const answer = await client.chat.completions.stream({ model: 'm', messages }).finalChatCompletion();
    messages.push(answer.choices[0].message, { role: 'user', content: 'and?' });
  }
  return messages.at(-2).role;
}
const python = async () => (await promisify(execFile)('venv/bin/python', ['ask.py', url])).stdout.trim();

const seen = {};
for (const [language, ask] of Object.entries({ node, python })) {
  const role = await ask();
  seen[language] = { role, sent: sent.at(-1) };
  console.log(`${language}: role '${role}', sent back as '${sent.at(-1)}'`);
}
server.close();
server.closeAllConnections();
const joined = 'assistant'.repeat(3);
const expected = { node: { role: 'assistant', sent: 'assistant' }, python: { role: joined, sent: joined } };
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

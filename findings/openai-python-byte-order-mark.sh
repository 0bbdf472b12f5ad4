#!/usr/bin/env bash
# openai (PyPI) 3.57.0, run on Python 3.9 or newer, beside openai (npm) 7.57.0 on Node 20 or newer.
#
# An event stream may begin with a byte order mark: WHATWG HTML §9.2.5 says that one leading U+FEFF is left out when the
# stream is decoded, and browsers do so. The Python SDK does not: the mark becomes part of the first field's name, so that
# the first event is silently lost, with the beginning of the text where it holds some. No exception, no warning, and the
# finish_reason is there. The SDK for Node reads the very same bytes whole.
#
# For whoever writes or relays such streams: never send the mark, and take it away from what others send.
#
# Prints the text that each of both has read, with and without the mark. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.57.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0

cat >ask.py <<'PY'
import sys
from openai import OpenAI

client = OpenAI(api_key="unused", base_url=sys.argv[1], max_retries=0)
text, reason = "", None
for chunk in client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True):
    text += chunk.choices[0].delta.content or ""
    reason = chunk.choices[0].finish_reason or reason
print(f"{text!r} {reason}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import OpenAI from 'openai';

const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const stream = chunk({ role: 'assistant', content: 'Not ' }) + chunk({ content: 'today' }) + chunk({}, 'stop') + 'data: [DONE]\n\n';

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end((request.url.startsWith('/marked') ? '\uFEFF' : '') + stream);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(baseURL) {
  let [text, reason] = ['', null];
  const client = new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0 });
  for await (const { choices } of await client.chat.completions.create({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true })) {
    text += choices[0].delta.content ?? '';
    reason = choices[0].finish_reason ?? reason;
  }
  return `'${text}' ${reason}`;
}
const python = async (baseURL) => (await promisify(execFile)('venv/bin/python', ['ask.py', baseURL])).stdout.trim();

const seen = {};
for (const [language, ask] of Object.entries({ node, python }))
  for (const kind of ['plain', 'marked'])
    console.log(`${language}, ${kind}:`, (seen[`${language} ${kind}`] = await ask(`http://127.0.0.1:${server.address().port}/${kind}/v1`)));
server.close();
server.closeAllConnections();

const whole = "'Not today' stop";
if (seen['node plain'] !== whole || seen['node marked'] !== whole || seen['python plain'] !== whole || seen['python marked'] !== "'today' stop") {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

#!/usr/bin/env bash
# ollama (npm) 0.6.4 on Node 20 or newer, ollama (PyPI) 0.6.3 and langchain-ollama (PyPI) 1.1.0 on Python 3.10 or newer.
#
# A stream of Ollama's `/api/chat` is lines of JSON, and the last one has `"done": true`. Where the connection closes before
# it (the runner died, a proxy gave up), the answer is not whole. The npm client knows: it throws "Did not receive done or
# success response in stream." The Python client does not ask: its loop ends as after a whole answer. So does LangChain on
# top of it: `stream()` ends, and `invoke()`, which the caller sees as one complete answer, returns the half without error.
# A line `{"error": …}` is thrown by all three.
#
# For servers of these clients: a break needs an error line, a closed connection alone is taken for the end.
#
# Prints what each client makes of a cut and of an error line. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact ollama@0.6.4
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install ollama==0.6.3 langchain-ollama==1.1.0

cat >ask.py <<'PY'
import sys
import ollama
from langchain_ollama import ChatOllama

url = sys.argv[2]
text, end = "", "ended"
try:
    if sys.argv[1] == "client":
        for piece in ollama.Client(host=url).chat(model="m", messages=[{"role": "user", "content": "hi"}], stream=True):
            text += piece.message.content
    else:
        text = ChatOllama(model="m", base_url=url).invoke("hi").content
except Exception as error:
    end = "threw"
print(f"'{text}' {end}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { Ollama } from 'ollama';

const line = (content) => `${JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content }, done: false })}\n`;
const streams = { cut: line('Not to'), error: `${line('Not to')}{"error":"the runner stopped"}\n` };
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end(streams[request.url.split('/')[1]]);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(host) {
  let [text, end] = ['', 'ended'];
  try {
    for await (const { message } of await new Ollama({ host }).chat({ model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true }))
      text += message.content;
  } catch {
    end = 'threw';
  }
  return `'${text}' ${end}`;
}
const python = (client) => async (host) =>
  (await promisify(execFile)('venv/bin/python', ['ask.py', client, host])).stdout.trim();

const clients = {
  'ollama (npm)': { ask: node, cut: "'Not to' threw", error: "'Not to' threw" },
  'ollama (PyPI)': { ask: python('client'), cut: "'Not to' ended", error: "'Not to' threw" },
  'langchain-ollama invoke': { ask: python('langchain'), cut: "'Not to' ended", error: "'' threw" },
};
let isAsFound = true;
for (const [name, { ask, ...expected }] of Object.entries(clients))
  for (const kind of Object.keys(streams)) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}`);
    console.log(`${name}, ${kind}:`, seen);
    if (seen !== expected[kind]) isAsFound = false;
  }
server.close();
server.closeAllConnections();
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

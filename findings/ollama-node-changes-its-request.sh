#!/usr/bin/env bash
# ollama (npm) 0.6.4 on Node 20 or newer, ollama (PyPI) 0.6.3 on Python 3.10 or newer.
#
# The npm client writes into the object that its caller passed: `stream: false` is added, and pictures given as bytes are
# replaced by their base64 text, inside the caller's own messages. A history that holds pictures as bytes holds texts after
# the first call, and a frozen request throws a TypeError. The Python client leaves all of it as it was.
#
# For those who keep a conversation: pass a deep copy.
#
# Prints what became of a request. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact ollama@0.6.4
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install ollama==0.6.3

cat >ask.py <<'PY'
import sys
import ollama

messages = [{"role": "user", "content": "hi", "images": [b"\x01\x02"]}]
request = {"model": "m", "messages": messages}
ollama.Client(host=sys.argv[1]).chat(**request)
print("unchanged" if request == {"model": "m", "messages": [{"role": "user", "content": "hi", "images": [b"\x01\x02"]}]} else request)
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { Ollama } from 'ollama';

const answer = { model: 'm', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', content: 'Hello' }, done: true };
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const host = `http://127.0.0.1:${server.address().port}`;
const client = new Ollama({ host });

const request = { model: 'm', messages: [{ role: 'user', content: 'hi', images: [new Uint8Array([1, 2])] }] };
await client.chat(request);
let frozen = 'answered';
try {
  await client.chat(Object.freeze({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }));
} catch (error) {
  frozen = `threw ${error.constructor.name}`;
}
const seen = {
  stream: request.stream,
  image: request.messages[0].images[0],
  frozen,
  python: (await promisify(execFile)('venv/bin/python', ['ask.py', host])).stdout.trim(),
};
server.close();
server.closeAllConnections();
console.log(seen);
if (JSON.stringify(seen) !== JSON.stringify({ stream: false, image: 'AQI=', frozen: 'threw TypeError', python: 'unchanged' })) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

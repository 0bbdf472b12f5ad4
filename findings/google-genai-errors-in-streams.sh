#!/usr/bin/env bash
# @google/genai (npm) 3.3.0 on Node 20 or newer, google-genai (PyPI) 3.6.1 on Python 3.10 or newer.
#
# A server that fails in the middle of a stream can only say so in an event: `{"error": {"code": …, "status": …}}`. Both SDKs
# raise it where `code` is an HTTP status as a number. Where it is text, a gRPC code (14 for UNAVAILABLE) or missing, the npm
# package ends the loop as if the answer was complete, so its caller takes the broken answer for a whole one. The Python
# package raises there too, if only a TypeError.
#
# For servers and gateways of these clients: an error in a stream needs a numeric `code` from 400 to 599.
#
# Prints how each SDK ends a stream of a text and such an error. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @google/genai@3.3.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install google-genai==3.6.1

cat >ask.py <<'PY'
import sys
from google import genai

client = genai.Client(api_key="unused", http_options={"base_url": sys.argv[1]})
end = "ended"
try:
    for piece in client.models.generate_content_stream(model="m", contents="hi"):
        pass
except Exception as error:
    end = f"threw {type(error).__name__}"
print(end)
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { GoogleGenAI } from '@google/genai';

const event = (value) => `data: ${JSON.stringify(value)}\n\n`;
const text = event({ candidates: [{ content: { role: 'model', parts: [{ text: 'A' }] }, index: 0 }] });
const codes = { number: 503, text: '503', grpc: 14, none: undefined };
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const code = codes[request.url.split('/')[1]];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(text + event({ error: { code, message: 'overloaded', status: 'UNAVAILABLE' } }));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(baseUrl) {
  const client = new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl } });
  try {
    for await (const _ of await client.models.generateContentStream({ model: 'm', contents: 'hi' }));
    return 'ended';
  } catch (error) {
    return `threw ${error.constructor.name}`;
  }
}
const python = async (baseUrl) => (await promisify(execFile)('venv/bin/python', ['ask.py', baseUrl])).stdout.trim();

const seen = {};
for (const [language, ask] of Object.entries({ node, python })) {
  seen[language] = {};
  for (const kind of Object.keys(codes)) {
    seen[language][kind] = await ask(`http://127.0.0.1:${server.address().port}/${kind}`);
    console.log(`${language}, code ${kind}:`, seen[language][kind]);
  }
}
server.close();
server.closeAllConnections();
const expected = {
  node: { number: 'threw ApiError', text: 'ended', grpc: 'ended', none: 'ended' },
  python: { number: 'threw ServerError', text: 'threw TypeError', grpc: 'threw APIError', none: 'threw TypeError' },
};
if (JSON.stringify(seen) !== JSON.stringify(expected)) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

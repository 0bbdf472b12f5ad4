#!/usr/bin/env bash
# @google/genai (npm) 3.3.0 on Node 20 or newer, google-genai (PyPI) 3.6.1 on Python 3.10 or newer.
#
# Gemini streams with `alt=sse` are server-sent events. The standard has more than `data:` lines: comments (`: ping`, the
# usual way to keep a silent connection open), `event:` and `id:`. A client that does not need them skips them. These two
# SDKs do not:
# - npm: an event that has such a line in front of its `data:` disappears. No error is thrown; its text is missing.
# - PyPI: each such line raises UnknownApiResponseError, a comment on its own between two events too.
# Blank lines between events are skipped by both.
#
# For servers of these clients: send bare `data:` events, and keep a silent connection open with blank lines.
#
# Prints what each SDK reads of a stream of two texts, 'A' and 'B'. Fails when the behaviour changes.
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
text, end = "", "ended"
try:
    for piece in client.models.generate_content_stream(model="m", contents="hi"):
        text += piece.text
except Exception as error:
    end = f"threw {type(error).__name__}"
print(f"'{text}' {end}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { GoogleGenAI } from '@google/genai';

const event = (text) => `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0 }] })}\n\n`;
const streams = {
  data: event('A') + event('B'),
  blank: event('A') + '\n\n' + event('B'),
  comment: event('A') + ': ping\n\n' + event('B'),
  attached: event('A') + ': ping\n' + event('B'),
  event: event('A') + 'event: message\n' + event('B'),
  id: event('A') + 'id: 2\n' + event('B'),
};
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(streams[request.url.split('/')[1]]);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(baseUrl) {
  const client = new GoogleGenAI({ apiKey: 'unused', httpOptions: { baseUrl } });
  let [text, end] = ['', 'ended'];
  try {
    for await (const piece of await client.models.generateContentStream({ model: 'm', contents: 'hi' })) text += piece.text;
  } catch (error) {
    end = `threw ${error.constructor.name}`;
  }
  return `'${text}' ${end}`;
}
const python = async (baseUrl) => (await promisify(execFile)('venv/bin/python', ['ask.py', baseUrl])).stdout.trim();

const raised = "'A' threw UnknownApiResponseError";
const whole = "'AB' ended";
const lost = "'A' ended";
const expected = {
  node: { data: whole, blank: whole, comment: whole, attached: lost, event: lost, id: lost },
  python: { data: whole, blank: whole, comment: raised, attached: raised, event: raised, id: raised },
};
let isAsFound = true;
for (const [language, ask] of Object.entries({ node, python }))
  for (const kind of Object.keys(streams)) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}`);
    console.log(`${language}, ${kind}:`, seen);
    if (seen !== expected[language][kind]) isAsFound = false;
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

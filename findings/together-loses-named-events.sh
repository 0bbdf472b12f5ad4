#!/usr/bin/env bash
# together (PyPI) 3.1.1, together-ai (npm) 0.52.0 and groq (PyPI) 1.7.0, beside openai (PyPI) 3.57.0 and groq-sdk (npm) 1.6.0.
#
# An event of a stream that has no `event:` line is of the type `message` (WHATWG HTML, 9.2.6), so a server that writes
# the line `event: message`, as some SSE libraries do by themselves, has said nothing new. Together's SDKs skip each event
# that has any name: the loop over a whole, valid answer ends at once, with no chunk and no error, and so does an agent's
# turn. Groq's SDK for Python raises a TypeError at the first one. openai, and groq-sdk for Node, read it as it is.
#
# For a server or gateway in front of them: chat completions have events without names.
#
# Prints what each client reads. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install together==3.1.1 groq==1.7.0 openai==3.57.0
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit together-ai@0.52.0 groq-sdk@1.6.0

cat >serve.mjs <<'JS'
// Streams one answer; below /named each event has the name that events without one have.
import { createServer } from 'node:http';

const chunk = (delta, reason = null) =>
  JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
const texts = [chunk({ role: 'assistant', content: 'Half' }), chunk({ content: ' way' }), chunk({}, 'stop'), '[DONE]'];
const server = createServer((request, response) => {
  const name = request.url.startsWith('/named') ? 'event: message\n' : '';
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(texts.map((text) => `${name}data: ${text}\n\n`).join(''));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
JS
cat >ask.py <<'PY'
import sys
from groq import Groq
from openai import OpenAI
from together import Together

for client in (Together, Groq, OpenAI):
    for form in ("plain", "named"):
        text, chunks = "", 0
        try:
            asked = client(base_url=f"{sys.argv[1]}/{form}", api_key="k", max_retries=0).chat.completions
            for piece in asked.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True):
                text += piece.choices[0].delta.content or ""
                chunks += 1
            print(f"{client.__name__} {form}: {text!r} in {chunks} chunks")
        except Exception as thrown:
            print(f"{client.__name__} {form}: {text!r}, {type(thrown).__name__}")
PY
cat >ask.mjs <<'JS'
import Groq from 'groq-sdk';
import Together from 'together-ai';

for (const [name, Client] of Object.entries({ together: Together, groq: Groq }))
  for (const form of ['plain', 'named']) {
    const client = new Client({ baseURL: `${process.argv[2]}/${form}`, apiKey: 'k', maxRetries: 0 });
    const messages = [{ role: 'user', content: 'hi' }];
    let [text, chunks] = ['', 0];
    for await (const piece of await client.chat.completions.create({ model: 'm', messages, stream: true })) {
      text += piece.choices[0].delta.content ?? '';
      chunks += 1;
    }
    console.log(`${name} (npm) ${form}: '${text}' in ${chunks} chunks`);
  }
JS
node serve.mjs >port & server=$!
trap 'kill $server; rm -rf "$folder"' EXIT
until [ -s port ]; do sleep 0.1; done
base="http://127.0.0.1:$(cat port)"
{ timeout 120 venv/bin/python ask.py "$base"; timeout 60 node ask.mjs "$base"; } | tee seen
cat >expected <<'TXT'
Together plain: 'Half way' in 3 chunks
Together named: '' in 0 chunks
Groq plain: 'Half way' in 3 chunks
Groq named: '', TypeError
OpenAI plain: 'Half way' in 3 chunks
OpenAI named: 'Half way' in 3 chunks
together (npm) plain: 'Half way' in 3 chunks
together (npm) named: '' in 0 chunks
groq (npm) plain: 'Half way' in 3 chunks
groq (npm) named: 'Half way' in 3 chunks
TXT
diff expected seen || { echo 'The behaviour is not the one that was found.'; exit 1; }
echo 'As found.'

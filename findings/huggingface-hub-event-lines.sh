#!/usr/bin/env bash
# huggingface_hub (PyPI) 2.4.0, beside openai (PyPI) 3.57.0 and @huggingface/inference (npm) 4.13.30.
#
# In an event stream the space behind `data:` is optional, and an event may have several data lines, which are one text
# with line ends between them (WHATWG HTML, 9.2.6). InferenceClient parses each line alone, and knows the end by the very
# text `data: [DONE]`. So a stream without the spaces is read whole and then raises a JSONDecodeError, and one
# with two data lines an event raises it at the first. The client of the same company for Node reads both as it should.
#
# For a server or gateway in front of it: write `data: `, with the space, and one line an event.
#
# Prints what each client reads. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install huggingface_hub==2.4.0 openai==3.57.0
npm init --yes >/dev/null
npm install --silent --no-fund --no-audit @huggingface/inference@4.13.30

cat >serve.py <<'PY'
"""Streams one answer in the form that the path names."""
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def chunk(delta, reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}


CHUNKS = [chunk({"role": "assistant", "content": "Half"}), chunk({"content": " way"}), chunk({}, "stop")]
TEXTS = [*map(json.dumps, CHUNKS), "[DONE]"]
FORMS = {
    "usual": [f"data: {text}\n\n" for text in TEXTS],
    "bare": [f"data:{text}\n\n" for text in TEXTS],
    "lines": ["data: " + text.replace(', "choices"', ',\ndata: "choices"') + "\n\n" for text in TEXTS],
}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        body = "".join(FORMS[self.path.split("/")[1]]).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
print(server.server_port, flush=True)
server.serve_forever()
PY
cat >ask.py <<'PY'
import sys
from huggingface_hub import InferenceClient
from openai import OpenAI

base, messages = sys.argv[1], [{"role": "user", "content": "hi"}]
for name, Client in {"huggingface_hub": InferenceClient, "openai": OpenAI}.items():
    for form in ("usual", "bare", "lines"):
        client, text = Client(base_url=f"{base}/{form}", api_key="k"), ""
        try:
            for piece in client.chat.completions.create(model="m", messages=messages, stream=True):
                text += piece.choices[0].delta.content or ""
            print(f"{name} {form}: {text!r}")
        except Exception as thrown:
            print(f"{name} {form}: {text!r}, {type(thrown).__name__}")
PY
cat >ask.mjs <<'JS'
import { InferenceClient } from '@huggingface/inference';

for (const form of ['usual', 'bare', 'lines']) {
  const client = new InferenceClient('k', { endpointUrl: `${process.argv[2]}/${form}` });
  let text = '';
  for await (const piece of client.chatCompletionStream({ messages: [{ role: 'user', content: 'hi' }] }))
    text += piece.choices[0].delta.content ?? '';
  console.log(`inference ${form}: '${text}'`);
}
JS
venv/bin/python serve.py >port & server=$!
trap 'kill $server; rm -rf "$folder"' EXIT
until [ -s port ]; do sleep 0.1; done
base="http://127.0.0.1:$(cat port)"
{ timeout 120 venv/bin/python ask.py "$base"; timeout 60 node ask.mjs "$base"; } | tee seen
cat >expected <<'TXT'
huggingface_hub usual: 'Half way'
huggingface_hub bare: 'Half way', JSONDecodeError
huggingface_hub lines: '', JSONDecodeError
openai usual: 'Half way'
openai bare: 'Half way'
openai lines: 'Half way'
inference usual: 'Half way'
inference bare: 'Half way'
inference lines: 'Half way'
TXT
diff expected seen || { echo 'The behaviour is not the one that was found.'; exit 1; }
echo 'As found.'

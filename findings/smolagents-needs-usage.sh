#!/usr/bin/env bash
# smolagents (PyPI) 1.26.0, on Python 3.10 or newer.
#
# An answer of chat completions without `usage` is common: many model servers leave it out. Smolagents' OpenAIServerModel reads it
# all the same: `generate()` raises an AttributeError, and the answer is lost. `generate_stream()` takes the same answer.
#
# For gateways: an answer that has no usage needs an estimate that is marked as one, or such an agent stops at its first step.
#
# Prints what both ways of asking give, with usage and without. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install 'smolagents[openai]==1.26.0' openai==3.57.0

cat >ask.py <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from smolagents import OpenAIServerModel

answer = {}
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
HEAD = {"id": "c", "created": 1, "model": "m"}


def completion():
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
    body = {**HEAD, "object": "chat.completion", "choices": [choice]}
    return json.dumps({**body, "usage": USAGE} if answer["usage"] else body)


def events():
    kind = {**HEAD, "object": "chat.completion.chunk"}
    choice = {"index": 0, "delta": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}
    chunks = [{**kind, "choices": [choice]}]
    if answer["usage"]:
        chunks.append({**kind, "choices": [], "usage": USAGE})
    return "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        streamed = json.loads(self.rfile.read(int(self.headers["content-length"]))).get("stream")
        body = (events() if streamed else completion()).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
model = OpenAIServerModel("m", api_base=f"http://127.0.0.1:{server.server_port}/v1", api_key="unused")
asked = [{"role": "user", "content": "hi"}]


def whole():
    try:
        return model.generate(asked).content
    except AttributeError as error:
        return f"AttributeError: {error}"


def streamed():
    return "".join(delta.content or "" for delta in model.generate_stream(asked))


expected = {
    ("generate", True): "Hello",
    ("generate", False): "AttributeError: 'NoneType' object has no attribute 'prompt_tokens'",
    ("generate_stream", True): "Hello",
    ("generate_stream", False): "Hello",
}
as_found = True
for (way, usage), wanted in expected.items():
    answer["usage"] = usage
    seen = whole() if way == "generate" else streamed()
    print(f"{way}, {'with' if usage else 'without'} usage: {seen}")
    as_found = as_found and seen == wanted
server.shutdown()
if not as_found:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python ask.py 2>errors.log || { tail -5 errors.log; exit 1; }

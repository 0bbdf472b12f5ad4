#!/usr/bin/env bash
# litellm (PyPI) 1.110.2, run on Python 3.10 or newer.
#
# A stream that ends without a finish_reason is a broken one, and LiteLLM says so: after a first piece of text it raises
# MidStreamFallbackError. One would expect the same of a stream in which nothing came at all. There it invents the end:
# the caller gets one chunk with `finish_reason: "stop"` and no exception. So does a server that answers the request for a
# stream with status 200 and `{"error": …}`: its error is lost, and the answer reads as a model that had nothing to say.
#
# For whoever answers such clients: a failure before the first event needs a status, for a 200 without events is "stop".
#
# Prints what a caller gets in each of the three. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install litellm==1.110.2

cat >ask.py <<'PY'
import json, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm

litellm.suppress_debug_info = True
delta = {"index": 0, "delta": {"role": "assistant", "content": "Not to"}, "finish_reason": None}
chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [delta]}
error = {"error": {"message": "the model could not be loaded", "type": "server_error", "param": None, "code": None}}
ANSWERS = {
    "text, no reason": ("text/event-stream", f"data: {json.dumps(chunk)}\n\n"),
    "a comment, no event": ("text/event-stream", ": nothing to say\n\n"),
    "an error under 200": ("application/json", json.dumps(error)),
}
answer = None


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        kind, body = answer
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()


def ask():
    text, reason = "", None
    try:
        for piece in litellm.completion(
            model="openai/m",
            api_key="unused",
            api_base=f"http://127.0.0.1:{server.server_port}/v1",
            messages=[{"role": "user", "content": "hi"}],
            stream=True,
            num_retries=0,
            max_retries=0,
        ):
            text += piece.choices[0].delta.content or ""
            reason = piece.choices[0].finish_reason or reason
        return text, reason, None
    except Exception as thrown:
        return text, reason, type(thrown).__name__


seen = []
for name, answer in ANSWERS.items():
    seen.append(ask())
    print(f"{name}: text {seen[-1][0]!r}, finish_reason {seen[-1][1]}, raised {seen[-1][2]}", flush=True)
server.shutdown()
if seen != [("Not to", None, "MidStreamFallbackError"), ("", "stop", None), ("", "stop", None)]:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python ask.py

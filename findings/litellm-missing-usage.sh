#!/usr/bin/env bash
# litellm (PyPI) 1.110.2, run on Python 3.10 or newer.
#
# `usage` may be missing in an answer: many servers leave it out. Where LiteLLM streams such an answer, it estimates the
# tokens and computes a cost from them. Where it gets the same answer whole, it makes a `usage` of zeros, which looks like a
# count of the server's, and `completion_cost` is 0.0. Budgets that add up these costs never see those answers.
# A missing or unknown `finish_reason` becomes "stop" as well, so nothing tells that the answer was not said to be whole.
#
# For those who bill by these numbers: a count of 0 prompt tokens means that nothing was counted.
#
# Prints tokens, cost and reason of one answer, streamed and whole. Fails when the behaviour changes.
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
head = {"id": "chatcmpl-1", "created": 1, "model": "gpt-4o-mini"}
message = {"role": "assistant", "content": "Hello there, how are you?"}
whole = {**head, "object": "chat.completion", "choices": [{"index": 0, "message": message, "finish_reason": None}]}
chunks = [
    {**head, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
    for delta, reason in ((message, None), ({}, "stop"))
]


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks) + "data: [DONE]\n\n"
        body = (events if asked.get("stream") else json.dumps(whole)).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if asked.get("stream") else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
asked = {
    "model": "openai/gpt-4o-mini",
    "api_key": "unused",
    "api_base": f"http://127.0.0.1:{server.server_port}/v1",
    "messages": [{"role": "user", "content": "hi"}],
}


def told(answer):
    cost = litellm.completion_cost(answer, model="gpt-4o-mini")
    usage = answer.usage
    print(f"{usage.prompt_tokens} + {usage.completion_tokens} tokens, cost {cost}, {answer.choices[0].finish_reason}", flush=True)
    return usage.prompt_tokens > 0, usage.completion_tokens > 0, cost > 0, answer.choices[0].finish_reason


print("streamed: ", end="")
pieces = list(litellm.completion(**asked, stream=True, stream_options={"include_usage": True}))
streamed = told(litellm.stream_chunk_builder(pieces, messages=asked["messages"]))
print("whole: ", end="")
complete = told(litellm.completion(**asked))
server.shutdown()
if (streamed, complete) != ((True, True, True, "stop"), (False, False, False, "stop")):
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python -W ignore ask.py

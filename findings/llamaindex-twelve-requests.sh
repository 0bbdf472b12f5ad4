#!/usr/bin/env bash
# llama-index-llms-openai (PyPI) 0.8.3 on Python 3.10 or newer.
#
# Its `OpenAI(max_retries=3)`, the default, reads like four requests at most. But the number is used twice: the OpenAI SDK
# gets it and retries by itself, and LlamaIndex repeats the whole call around that. One `complete()` against a server that
# answers 429 or 500 is twelve requests, three times what was allowed. The SDK alone makes four.
#
# For servers of these clients: a rate limit is met by twelve requests for each call.
#
# Prints the number of requests of one call. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install llama-index-llms-openai==0.8.3

cat >ask.py <<'PY'
import json, logging, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai
from llama_index.llms.openai import OpenAI

logging.disable(logging.CRITICAL)
requests = 0


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        global requests
        requests += 1
        self.rfile.read(int(self.headers["content-length"]))
        body = json.dumps({"error": {"message": "not now", "type": "server_error", "param": None, "code": None}}).encode()
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("content-type", "application/json")
        self.send_header("retry-after-ms", "1")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()


def sdk(url, most):
    asked = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "hi"}]}
    openai.OpenAI(base_url=url, api_key="unused", max_retries=most).chat.completions.create(**asked)


def llamaindex(url, most):
    more = {} if most == 3 else {"max_retries": most}
    OpenAI(model="gpt-4o-mini", api_base=url, api_key="unused", **more).complete("hi")


def count(ask, status, most):
    global requests
    requests = 0
    try:
        ask(f"http://127.0.0.1:{server.server_port}/{status}/v1", most)
    except openai.APIStatusError:
        pass
    print(f"{ask.__name__}, {status}, max_retries={most}: {requests} requests", flush=True)
    return requests


seen = [count(ask, status, most) for ask in (sdk, llamaindex) for status in (429, 500) for most in (3, 0)]
server.shutdown()
if seen != [4, 1, 4, 1, 12, 1, 12, 1]:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python -W ignore ask.py

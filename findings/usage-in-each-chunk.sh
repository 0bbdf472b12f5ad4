#!/usr/bin/env bash
# langchain-openai (PyPI) 1.7.4 and pydantic-ai-slim (PyPI) 2.68.0 on Python 3.10 or newer.
#
# Some servers count the tokens so far in every chunk of a stream (vLLM with `continuous_usage_stats`, Perplexity
# always): the last count is the answer's. The OpenAI SDK gives each as it came. LangChain and Pydantic AI take each for a
# part and add them up: an answer of 10 + 2 tokens is reported as 50 + 7, and a long one as hundreds of thousands. A server
# that counts in the chunk with the reason and in one of its own is counted twice.
#
# For those who bill or limit by these numbers: they depend on how often a server counts, not on what it counted.
#
# Prints the tokens that each client reports for one answer, counted in three ways. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install langchain-openai==1.7.4 'pydantic-ai-slim[openai]==2.68.0'

cat >ask.py <<'PY'
import asyncio, json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from langchain_openai import ChatOpenAI
from openai import AsyncOpenAI, OpenAI
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


def chunk(delta, reason, counted):
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
    usage = None if counted is None else {"prompt_tokens": 10, "completion_tokens": counted, "total_tokens": 10 + counted}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": choices, "usage": usage}


def stream(counts):
    pieces = [({"role": "assistant", "content": ""}, None), ({"content": "Hel"}, None), ({"content": "lo"}, None), ({}, "stop"), (None, None)]
    chunks = [chunk(delta, reason, count) for (delta, reason), count in zip(pieces, counts)]
    return "".join(f"data: {json.dumps(one)}\n\n" for one in chunks) + "data: [DONE]\n\n"


STREAMS = {"once": [None, None, None, None, 2], "twice": [None, None, None, 2, 2], "always": [0, 1, 2, 2, 2]}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = stream(STREAMS[self.path.split("/")[1]]).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()


def openai(url):
    last = None
    asked = {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": True}
    for piece in OpenAI(base_url=url, api_key="unused").chat.completions.create(**asked):
        last = piece.usage or last
    return last.prompt_tokens, last.completion_tokens


def langchain(url):
    whole = None
    for piece in ChatOpenAI(model="m", base_url=url, api_key="unused", stream_usage=True).stream("hi"):
        whole = piece if whole is None else whole + piece
    return whole.usage_metadata["input_tokens"], whole.usage_metadata["output_tokens"]


def pydantic_ai(url):
    async def ask():
        provider = OpenAIProvider(openai_client=AsyncOpenAI(base_url=url, api_key="unused"))
        async with Agent(OpenAIChatModel("m", provider=provider)).run_stream("hi") as run:
            async for _ in run.stream_text():
                pass
            usage = run.usage() if callable(run.usage) else run.usage
            return usage.input_tokens, usage.output_tokens

    return asyncio.run(ask())


seen = {}
for client in (openai, langchain, pydantic_ai):
    seen[client.__name__] = [client(f"http://127.0.0.1:{server.server_port}/{name}/v1") for name in STREAMS]
    print(f"{client.__name__}: {dict(zip(STREAMS, seen[client.__name__]))}", flush=True)
server.shutdown()
summed = [(10, 2), (20, 4), (50, 7)]
if seen != {"openai": [(10, 2)] * 3, "langchain": summed, "pydantic_ai": summed}:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python -W ignore ask.py

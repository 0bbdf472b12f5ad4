#!/usr/bin/env bash
# litellm (PyPI) 1.110.2 and semantic-kernel (PyPI) 1.45.0, beside openai (PyPI) 3.57.0, on Python 3.10 or newer.
#
# DeepSeek documents five finish reasons of chat completions. One of them is not OpenAI's: `insufficient_system_resource`, the
# request was interrupted because the servers were out of resources. So the text before it is not whole. OpenAI's SDK passes the
# word on. LiteLLM calls the same answer `stop`, streamed or not: an interrupted answer looks complete. Semantic Kernel raises a
# ValueError, streamed or not, and the text that has come is lost.
#
# For gateways: a reason that is not in a client's list must not reach it as it came, and `stop` is not what it means.
#
# Prints what each reader makes of that reason, and of `length` beside it. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install litellm==1.110.2 semantic-kernel==1.45.0 openai==3.57.0

cat >ask.py <<'PY'
import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
import openai
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion, OpenAIChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory

answer = {}
USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


def completion():
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello"}, "finish_reason": answer["reason"]}
    return json.dumps({"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": USAGE})


def events():
    deltas = [({"role": "assistant", "content": "Hello"}, None), ({}, answer["reason"])]
    choices = [[{"index": 0, "delta": delta, "finish_reason": reason}] for delta, reason in deltas]
    chunks = [{"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": one} for one in choices]
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
url = f"http://127.0.0.1:{server.server_port}/v1"
asked = [{"role": "user", "content": "hi"}]


def reasons(answered, streamed):
    return [chunk.choices[0].finish_reason for chunk in answered][-1] if streamed else answered.choices[0].finish_reason


def with_openai(streamed):
    client = openai.OpenAI(api_key="unused", base_url=url, max_retries=0)
    return reasons(client.chat.completions.create(model="m", messages=asked, stream=streamed), streamed)


def with_litellm(streamed):
    return reasons(litellm.completion(model="openai/m", api_base=url, api_key="unused", messages=asked, stream=streamed), streamed)


async def kernel(streamed):
    client = openai.AsyncOpenAI(api_key="unused", base_url=url, max_retries=0)
    service = OpenAIChatCompletion(ai_model_id="m", async_client=client)
    history = ChatHistory()
    history.add_user_message("hi")
    if not streamed:
        return (await service.get_chat_message_content(history, OpenAIChatPromptExecutionSettings())).finish_reason.value
    reason = None
    async for chunk in service.get_streaming_chat_message_content(history, OpenAIChatPromptExecutionSettings()):
        reason = chunk.finish_reason.value if chunk and chunk.finish_reason else reason
    return reason


def with_semantic_kernel(streamed):
    try:
        return asyncio.run(kernel(streamed))
    except ValueError as error:
        return f"{type(error).__name__}: {error}"


interrupted = "insufficient_system_resource"
raised = f"ValueError: '{interrupted}' is not a valid FinishReason"
as_found = True
for name, ask, wanted in [
    ("openai", with_openai, interrupted),
    ("litellm", with_litellm, "stop"),
    ("semantic-kernel", with_semantic_kernel, raised),
]:
    for reason, expected in [("length", "length"), (interrupted, wanted)]:
        for streamed in [False, True]:
            answer["reason"] = reason
            seen = ask(streamed)
            print(f"{name}, {'streamed' if streamed else 'whole'}, {reason}: {seen}")
            as_found = as_found and seen == expected
server.shutdown()
if not as_found:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
# Without it litellm asks the network for prices.
export LITELLM_LOCAL_MODEL_COST_MAP=True
timeout 300 venv/bin/python ask.py 2>errors.log || { tail -5 errors.log; exit 1; }

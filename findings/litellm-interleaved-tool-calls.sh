#!/usr/bin/env bash
# litellm (PyPI) 1.110.2, beside openai (PyPI) 3.57.0, on Python 3.10 or newer.
#
# In a stream of chat completions the fragments of parallel tool calls may take turns: each has its `index`, so that a
# reader knows which call it continues. OpenAI's SDK puts two such calls together. LiteLLM's translation to the Messages API
# (`litellm.anthropic.messages`, which its proxy serves to Claude Code) writes one content block at a time and sends each
# further fragment into the block that is open. So the first call has no arguments, those of the second one are the fragments
# of both, which is no JSON, and the message still ends with stop_reason "tool_use".
#
# For gateways that translate: a block that cannot be open beside another one has to wait for its whole arguments.
#
# Prints the calls that each reader gets. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install litellm==1.110.2 openai==3.57.0

cat >ask.py <<'PY'
import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
import openai


def chunk(delta, finish_reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    body = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"


def begin(index, id, name):
    return chunk({"tool_calls": [{"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": ""}}]})


def go_on(index, arguments):
    return chunk({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]})


head = chunk({"role": "assistant", "content": None})
tail = chunk({}, "tool_calls") + "data: [DONE]\n\n"
first = [begin(0, "call_a", "weather"), go_on(0, '{"city":'), go_on(0, '"Oslo"}')]
second = [begin(1, "call_b", "time"), go_on(1, '{"zone":'), go_on(1, '"CET"}')]
streams = {
    "one after the other": head + "".join(first + second) + tail,
    "in turns": head + "".join(piece for pair in zip(first, second) for piece in pair) + tail,
}
answer = {}


class Server(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = answer["body"].encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/v1"
asked = [{"role": "user", "content": "hi"}]


def with_openai():
    client = openai.OpenAI(api_key="unused", base_url=url, max_retries=0)
    with client.chat.completions.stream(model="m", messages=asked) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    return [[call.function.name, call.function.arguments] for call in calls]


async def with_litellm():
    stream = await litellm.anthropic.messages.acreate(
        model="hosted_vllm/m", api_base=url, api_key="unused", max_tokens=50, messages=asked, stream=True
    )
    text = b"".join([piece if isinstance(piece, bytes) else str(piece).encode() async for piece in stream]).decode()
    blocks, reason = {}, None
    for line in text.splitlines():
        event = json.loads(line[5:]) if line.startswith("data:") else {}
        if event.get("type") == "content_block_start" and event["content_block"]["type"] == "tool_use":
            blocks[event["index"]] = [event["content_block"]["name"], ""]
        if event.get("type") == "content_block_delta" and event["delta"]["type"] == "input_json_delta":
            blocks[event["index"]][1] += event["delta"]["partial_json"]
        if event.get("type") == "message_delta":
            reason = event["delta"]["stop_reason"]
    return [*blocks.values(), reason]


right = [["weather", '{"city":"Oslo"}'], ["time", '{"zone":"CET"}']]
expected = {
    ("openai", "one after the other"): right,
    ("openai", "in turns"): right,
    ("litellm", "one after the other"): [*right, "tool_use"],
    ("litellm", "in turns"): [["weather", ""], ["time", '{"city":{"zone":"Oslo"}"CET"}'], "tool_use"],
}
as_found = True
for (reader, kind), wanted in expected.items():
    answer["body"] = streams[kind]
    seen = with_openai() if reader == "openai" else asyncio.run(with_litellm())
    print(f"{reader}, {kind}: {json.dumps(seen)}")
    as_found = as_found and seen == wanted
server.shutdown()
if not as_found:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
# Without it the package asks the network for prices.
export LITELLM_LOCAL_MODEL_COST_MAP=True
timeout 300 venv/bin/python ask.py 2>errors.log || { tail -5 errors.log; exit 1; }

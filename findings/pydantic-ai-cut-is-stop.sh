#!/usr/bin/env bash
# pydantic-ai-slim (PyPI) 2.68.0 and agno (PyPI) 3.1.10, beside litellm (PyPI) 1.110.2, on Python 3.11.
#
# A stream of chat completions that loses its server behind a proxy often ends like a good one as far as HTTP can tell: the body is
# complete, only the chunk with a `finish_reason` and `[DONE]` are missing. Pydantic AI takes half an answer for a whole one: no
# error, the half is the run's output, and the message in its history even has finish_reason "stop", which no chunk said. Agno
# ends its run with the event of a completed one. LiteLLM raises.
#
# For gateways: nothing but an error event tells such clients, so an end without a reason must never be passed on as an end.
#
# Prints what each client makes of the whole stream and of the cut one. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install 'pydantic-ai-slim[openai]==2.68.0' agno==3.1.10 litellm==1.110.2 openai==3.57.0

cat >ask.py <<'PY'
import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import litellm
from agno.agent import Agent as AgnoAgent
from agno.models.openai.like import OpenAILike
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider


def chunk(delta, reason=None):
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    body = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(body)}\n\n"


half = chunk({"role": "assistant", "content": "The sum is 12"})
streams = {"whole": half + chunk({"content": "34."}) + chunk({}, "stop") + "data: [DONE]\n\n", "cut": half}
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


async def with_pydantic_ai():
    agent = Agent(OpenAIChatModel("m", provider=OpenAIProvider(base_url=url, api_key="unused")))
    async with agent.run_stream("hi") as run:
        output = await run.get_output()
        return [output, run.all_messages()[-1].finish_reason]


def with_agno():
    agent = AgnoAgent(model=OpenAILike(id="m", base_url=url, api_key="unused"), telemetry=False)
    events = list(agent.run("hi", stream=True, stream_events=True))
    text = "".join(event.content for event in events if event.event == "RunContent" and event.content)
    return [text, events[-1].event]


def with_litellm():
    pieces, reason = [], None
    asked = [{"role": "user", "content": "hi"}]
    try:
        for piece in litellm.completion(model="openai/m", api_base=url, api_key="unused", messages=asked, stream=True):
            pieces.append(piece.choices[0].delta.content or "")
            reason = piece.choices[0].finish_reason or reason
    except Exception as error:
        reason = type(error).__name__
    return ["".join(pieces), reason]


expected = {
    ("pydantic-ai", "whole"): ["The sum is 1234.", "stop"],
    ("pydantic-ai", "cut"): ["The sum is 12", "stop"],
    ("agno", "whole"): ["The sum is 1234.", "RunCompleted"],
    ("agno", "cut"): ["The sum is 12", "RunCompleted"],
    ("litellm", "whole"): ["The sum is 1234.", "stop"],
    ("litellm", "cut"): ["The sum is 12", "MidStreamFallbackError"],
}
ask = {"pydantic-ai": lambda: asyncio.run(with_pydantic_ai()), "agno": with_agno, "litellm": with_litellm}
as_found = True
for (client, kind), wanted in expected.items():
    answer["body"] = streams[kind]
    seen = ask[client]()
    print(f"{client}, {kind}: {json.dumps(seen)}")
    as_found = as_found and seen == wanted
server.shutdown()
if not as_found:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
# Without it litellm asks the network for prices.
export LITELLM_LOCAL_MODEL_COST_MAP=True
timeout 300 venv/bin/python ask.py 2>errors.log || { tail -5 errors.log; exit 1; }

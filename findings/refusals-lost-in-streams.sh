#!/usr/bin/env bash
# langchain-openai (PyPI) 1.7.4, litellm (PyPI) 1.110.2 and openai (PyPI) 3.57.0 on Python 3.10 or newer, smolagents (PyPI) 1.26.0
# beside them.
#
# A model of OpenAI that refuses says so in `refusal` instead of `content`, and the reason is `stop`. OpenAI's SDK has the refusal
# whether the answer is streamed or not. LangChain and LiteLLM have it in a whole answer only: streamed, the same answer is an
# empty text with the reason `stop`, as of a model that had nothing to say. smolagents has it in neither. LiteLLM's bridge to the
# Responses API (`openai/responses/…`) loses it in both, too.
#
# For gateways: where a client's own protocol has no refusal, its text must be content.
#
# Prints what each reader has of the refusal "I cannot", whole and streamed. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install langchain-openai==1.7.4 litellm==1.110.2 openai==3.57.0 smolagents==1.26.0

cat >ask.py <<'PY'
import json, logging, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
import openai
from langchain_openai import ChatOpenAI
from smolagents import OpenAIServerModel
from smolagents.models import ChatMessage, agglomerate_stream_deltas

logging.disable(logging.CRITICAL)
litellm.suppress_debug_info = True
REFUSAL = "I cannot"
USAGE = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
HEAD = {"id": "chatcmpl-1", "created": 1, "model": "m"}


def chunk(delta, finish_reason=None):
    return {**HEAD, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}]}


CHUNKS = [
    chunk({"role": "assistant", "content": "", "refusal": None}),
    *(chunk({"refusal": piece}) for piece in ("I can", "not")),
    chunk({}, "stop"),
    {**HEAD, "object": "chat.completion.chunk", "choices": [], "usage": USAGE},
]
MESSAGE = {"role": "assistant", "content": None, "refusal": REFUSAL}
CHOICES = [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}]
WHOLE = {**HEAD, "object": "chat.completion", "choices": CHOICES, "usage": USAGE}
ITEM = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [{"type": "refusal", "refusal": REFUSAL}]}
TOKENS = {
    "input_tokens": 10, "input_tokens_details": {"cached_tokens": 0},
    "output_tokens": 5, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 15,
}
RESPONSE = {
    "id": "resp_1", "object": "response", "created_at": 1, "model": "m", "status": "completed", "output": [ITEM], "error": None,
    "incomplete_details": None, "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "usage": TOKENS,
}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        streamed = json.loads(self.rfile.read(int(self.headers["content-length"]))).get("stream")
        events = "".join(f"data: {json.dumps(one)}\n\n" for one in CHUNKS) + "data: [DONE]\n\n"
        body = (events if streamed else json.dumps(RESPONSE if self.path.endswith("/responses") else WHOLE)).encode()
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
messages = [{"role": "user", "content": "hi"}]


def sdk(streamed):
    completions = openai.OpenAI(api_key="unused", base_url=url, max_retries=0).chat.completions
    if not streamed:
        return completions.create(model="m", messages=messages).choices[0].message.refusal
    with completions.stream(model="m", messages=messages) as stream:
        return stream.get_final_completion().choices[0].message.refusal


def langchain(streamed):
    model = ChatOpenAI(model="m", base_url=url, api_key="unused", max_retries=0)
    if not streamed:
        return model.invoke("hi").additional_kwargs.get("refusal")
    whole = None
    for piece in model.stream("hi"):
        whole = piece if whole is None else whole + piece
    return whole if "refusal" in str(whole) else whole.content


def lite(model):
    def ask(streamed):
        asked = {"model": model, "api_key": "unused", "api_base": url, "messages": messages, "max_retries": 0}
        if not streamed:
            message = litellm.completion(**asked).choices[0].message
            return getattr(message, "refusal", None) or message.content or ""
        pieces = list(litellm.completion(**asked, stream=True))
        said = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
        refused = [getattr(piece.choices[0].delta, "refusal", None) for piece in pieces if piece.choices]
        return said or "".join(filter(None, refused))

    return ask


def smol(streamed):
    model = OpenAIServerModel("m", api_base=url, api_key="unused", client_kwargs={"max_retries": 0})
    asked = [ChatMessage(role="user", content="hi")]
    return (agglomerate_stream_deltas(list(model.generate_stream(asked))) if streamed else model.generate(asked)).content or ""


seen = {}
for name, ask in {
    "openai": sdk,
    "langchain": langchain,
    "litellm": lite("openai/m"),
    "litellm to responses": lite("openai/responses/m"),
    "smolagents": smol,
}.items():
    seen[name] = [ask(False), ask(True)]
    print(f"{name}: whole {seen[name][0]!r}, streamed {seen[name][1]!r}", flush=True)
server.shutdown()
expected = {
    "openai": [REFUSAL, REFUSAL],
    "langchain": [REFUSAL, ""],
    "litellm": [REFUSAL, ""],
    "litellm to responses": ["", ""],
    "smolagents": ["", ""],
}
if seen != expected:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python -W ignore ask.py 2>errors.log || { tail -5 errors.log; exit 1; }

#!/usr/bin/env bash
# litellm (PyPI) 1.110.2, beside google-genai (PyPI) 3.6.1, on Python 3.10 or newer.
#
# Two answers of the Gemini API about function calls. A call of a function without parameters may have no `args`: the member is
# optional. Google's SDK reads such a call. LiteLLM raises, whole a BadRequestError, as if the request had been wrong, and streamed a
# MidStreamFallbackError. A call that the model wrote badly is no call: the candidate ends with `MALFORMED_FUNCTION_CALL` and has no
# content. For LiteLLM that is an empty answer with `stop`, so that an agent ends there as if its model had nothing more to do.
#
# For gateways: no arguments are `{}`, and an end that is none of OpenAI's is not `stop`.
#
# Prints what each makes of both, whole and streamed. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install litellm==1.110.2 google-genai==3.6.1

cat >ask.py <<'PY'
import json, logging, os, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm
from google import genai

logging.disable(logging.CRITICAL)
litellm.suppress_debug_info = True
USAGE = {"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}
CANDIDATES = {
    "no args": {"content": {"role": "model", "parts": [{"functionCall": {"name": "now"}}]}, "finishReason": "STOP", "index": 0},
    "malformed": {"content": {}, "finishReason": "MALFORMED_FUNCTION_CALL", "finishMessage": "Malformed function call", "index": 0},
}
kind = None


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        streamed = "stream" in self.path
        text = json.dumps({"candidates": [CANDIDATES[kind]], "usageMetadata": USAGE, "modelVersion": "m"})
        body = (f"data: {text}\n\n" if streamed else text).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if streamed else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"


def google(streamed):
    client = genai.Client(api_key="unused", http_options={"base_url": url})
    asked = {"model": "gemini-2.5-flash", "contents": "hi"}
    answer = list(client.models.generate_content_stream(**asked))[-1] if streamed else client.models.generate_content(**asked)
    return f"{[call.name for call in answer.function_calls or []]} {answer.candidates[0].finish_reason.value}"


def lite(streamed):
    model = "gemini/gemini-2.5-flash"
    asked = {"model": model, "api_key": "unused", "api_base": f"{url}/v1beta/models/gemini-2.5-flash", "max_retries": 0}
    messages = [{"role": "user", "content": "hi"}]
    try:
        answer = litellm.completion(**asked, messages=messages, stream=streamed)
        if streamed:
            answer = litellm.stream_chunk_builder(list(answer), messages=messages)
    except Exception as error:
        return f"raised {type(error).__name__}"
    [choice] = answer.choices
    return f"{[call.function.name for call in choice.message.tool_calls or []]} {choice.finish_reason}"


expected = {
    ("google-genai", "no args"): ["['now'] STOP"] * 2,
    ("google-genai", "malformed"): ["[] MALFORMED_FUNCTION_CALL"] * 2,
    ("litellm", "no args"): ["raised BadRequestError", "raised MidStreamFallbackError"],
    ("litellm", "malformed"): ["[] stop"] * 2,
}
as_found = True
for (name, kind), wanted in expected.items():
    ask = lite if name == "litellm" else google
    seen = [ask(False), ask(True)]
    print(f"{name}, {kind}: whole {seen[0]}, streamed {seen[1]}", flush=True)
    as_found = as_found and seen == wanted
server.shutdown()
if not as_found:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python -W ignore ask.py 2>errors.log || { tail -5 errors.log; exit 1; }

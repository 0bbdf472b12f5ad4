#!/usr/bin/env bash
# google-genai (PyPI) 3.6.1 and huggingface_hub (PyPI) 2.4.0, beside openai (PyPI) 3.57.0 and groq (PyPI) 1.7.0.
#
# A client that is used in the very expression that makes it, as short scripts do, is collected by Python before its answer
# has come, and these two close their connections then. `Client(…).models.generate_content(…)` of google-genai raises
# RuntimeError, streamed or not: no request is ever sent. InferenceClient of huggingface_hub gets a whole answer, but its
# stream raises StreamClosed before the first piece. With the client in a variable all of them work. openai and groq keep
# what is needed until the stream has ended.
#
# For whoever reads "the client has been closed" or "the stream has been closed": the server in between is not at fault.
#
# Prints what each client gets in both ways. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install google-genai==3.6.1 huggingface_hub==2.4.0 openai==3.57.0 groq==1.7.0

cat >ask.py <<'PY'
import json, sys, threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from google import genai
from groq import Groq
from huggingface_hub import InferenceClient
from openai import OpenAI

asked = 0


def google(text, reason=None):
    return {"candidates": [{"index": 0, "content": {"role": "model", "parts": [{"text": text}]}, "finishReason": reason}]}


def chat(member, said, reason=None):
    choice = {"index": 0, member: {"role": "assistant", "content": said}, "finish_reason": reason}
    kind = "chat.completion" + (".chunk" if member == "delta" else "")
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "m", "choices": [choice]}


class Server(BaseHTTPRequestHandler):
    def do_POST(self):
        global asked
        asked += 1
        sent = json.loads(self.rfile.read(int(self.headers["content-length"])))
        is_google = ":" in self.path
        is_stream = "stream" in self.path if is_google else sent.get("stream") is True
        if is_google:
            events, whole = [google("Half"), google(" way", "STOP")], google("Half way", "STOP")
        else:
            events, whole = [chat("delta", "Half"), chat("delta", " way", "stop")], chat("message", "Half way", "stop")
        body = "".join(f"data: {json.dumps(event)}\n\n" for event in events) if is_stream else json.dumps(whole)
        if is_stream and not is_google:
            body += "data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream" if is_stream else "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"
ask = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
joined = lambda stream: "".join(piece.choices[0].delta.content or "" for piece in stream)
made = {
    "google-genai": lambda: genai.Client(api_key="k", http_options={"base_url": base}),
    "huggingface_hub": lambda: InferenceClient(base_url=base, api_key="k"),
    "openai": lambda: OpenAI(base_url=base, api_key="k", max_retries=0),
    "groq": lambda: Groq(base_url=base, api_key="k", max_retries=0),
}


def with_name(name, is_stream):
    client = made[name]()
    if name == "google-genai":
        models, what = client.models, {"model": "m", "contents": "hi"}
        if is_stream:
            return "".join(piece.text or "" for piece in models.generate_content_stream(**what))
        return models.generate_content(**what).text
    if is_stream:
        return joined(client.chat.completions.create(**ask, stream=True))
    return client.chat.completions.create(**ask).choices[0].message.content


def without(name, is_stream):
    if name == "google-genai":
        what = {"model": "m", "contents": "hi"}
        if is_stream:
            return "".join(piece.text or "" for piece in made[name]().models.generate_content_stream(**what))
        return made[name]().models.generate_content(**what).text
    if is_stream:
        return joined(made[name]().chat.completions.create(**ask, stream=True))
    return made[name]().chat.completions.create(**ask).choices[0].message.content


seen = {}
for name in made:
    for form, is_stream in {"whole": False, "stream": True}.items():
        for way in (with_name, without):
            asked = 0
            try:
                told = way(name, is_stream)
            except Exception as thrown:
                told = type(thrown).__name__
            seen[name, form, way.__name__] = told, asked
            print(f"{name}, {form}, {way.__name__}: {told}, {asked} requests", flush=True)
server.shutdown()
fine = ("Half way", 1)
expected = {key: fine for key in seen}
expected["google-genai", "whole", "without"] = expected["google-genai", "stream", "without"] = ("RuntimeError", 0)
expected["huggingface_hub", "stream", "without"] = ("StreamClosed", 1)
if seen != expected:
    sys.exit("The behaviour is not the one that was found.")
print("As found.")
PY
timeout 300 venv/bin/python -W ignore ask.py

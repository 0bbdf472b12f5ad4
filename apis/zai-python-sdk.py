"""Serves the library zai-python-sdk as OpenAI's chat API, with nothing but Python's standard library around it.

Argument: the library's checkout. Environment: HOST, PORT, API_KEY, and if wanted ZAI_TOKEN and ZAI_BASE_URL.
"""

import hmac
import importlib.util
import json
import os
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

MODELS = ["0727-360B-API", "glm-4.5v"]
LARGEST = 32 * 1024 * 1024
KEY = os.environ["API_KEY"].encode()


def leave_with_parent():
    """The parent process holds the other end of stdin: when that closes, the parent is gone."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


def library(checkout):
    """Its files lie at the root of its repository and import each other as parts of a package named zai."""
    start = os.path.join(checkout, "__init__.py")
    spec = importlib.util.spec_from_file_location("zai", start, submodule_search_locations=[checkout])
    module = importlib.util.module_from_spec(spec)
    sys.modules["zai"] = module
    spec.loader.exec_module(module)
    return importlib.import_module("zai.client").ZAIClient


def client():
    """One for each request: making it asks upstream for a guest's token, which may be spent by the next."""
    settings = {"base_url": os.environ["ZAI_BASE_URL"]} if os.environ.get("ZAI_BASE_URL") else {}
    token = os.environ.get("ZAI_TOKEN") or None
    return ZAIClient(token=token, auto_auth=token is None, **settings)


class Refusal(Exception):
    def __init__(self, status, message, kind="invalid_request_error"):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"message": message, "type": kind, "param": None, "code": None}}


def wanted(body):
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list) or not messages:
        raise Refusal(400, "messages must be a list that is not empty")
    for message in messages:
        if not isinstance(message, dict) or not isinstance(message.get("content"), str):
            raise Refusal(400, "the content of a message must be a text")
    return [{"role": m.get("role", "user"), "content": m["content"]} for m in messages]


def deltas(messages, model):
    """What the library yields, in OpenAI's words."""
    zai = client()
    chat = zai.create_chat(title="chat", models=[model], initial_message=messages[-1]["content"])
    number = chat["id"] if isinstance(chat, dict) else chat.id
    for chunk in zai.stream_completion(chat_id=number, messages=messages, model=model):
        text = getattr(chunk, "delta_content", None) or getattr(chunk, "edit_content", None) or ""
        if text:
            thinks = getattr(chunk, "phase", "") == "thinking"
            yield {"reasoning_content" if thinks else "content": text}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path == "/health":
            self.answer(200, {"status": "healthy"})
        elif self.path == "/v1/models":
            listed = [{"id": m, "object": "model", "created": 0, "owned_by": "z.ai"} for m in MODELS]
            self.answer(200, {"object": "list", "data": listed})
        else:
            self.answer(404, Refusal(404, "there is nothing here").body)

    def do_POST(self):
        self.begun = False
        try:
            # Read first, so that the connection is good for another request whatever becomes of this one.
            size = int(self.headers.get("Content-Length") or 0)
            if size > LARGEST:
                self.close_connection = True
                raise Refusal(413, "the body is too large")
            raw = self.rfile.read(size)
            given = (self.headers.get("Authorization") or "").removeprefix("Bearer ").encode()
            if not hmac.compare_digest(given, KEY):
                raise Refusal(401, "the key is wrong", "authentication_error")
            if self.path != "/v1/chat/completions":
                raise Refusal(404, "there is nothing here")
            try:
                body = json.loads(raw)
            except ValueError:
                raise Refusal(400, "the body is not JSON") from None
            self.chat(wanted(body), body.get("model") or MODELS[0], body.get("stream") is True)
        except Refusal as refusal:
            self.answer(refusal.status, refusal.body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        except Exception as error:  # whatever the library could not do
            self.fail(Refusal(502, f"{type(error).__name__}: {error}", "upstream_error").body)

    def chat(self, messages, model, streams):
        head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time()), "model": model}
        if streams:
            return self.stream(messages, {**head, "object": "chat.completion.chunk"})
        parts = {"content": "", "reasoning_content": ""}
        for delta in deltas(messages, model):
            for name, text in delta.items():
                parts[name] += text
        reasoning = {"reasoning_content": parts["reasoning_content"]} if parts["reasoning_content"] else {}
        message = {"role": "assistant", "content": parts["content"], "refusal": None, **reasoning}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        self.answer(200, {**head, "object": "chat.completion", "choices": [choice]})

    def stream(self, messages, head):
        def event(delta, reason=None):
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
            self.chunk(json.dumps({**head, "choices": [choice]}))

        # Headers come with the first text: until then a failure can still have a status of its own.
        for delta in deltas(messages, head["model"]):
            if not self.begun:
                self.begin_stream()
                event({"role": "assistant", "content": ""})
            event(delta)
        if not self.begun:
            raise Refusal(502, "the answer was empty", "upstream_error")
        event({}, "stop")
        self.chunk("[DONE]")
        self.wfile.write(b"0\r\n\r\n")

    def begin_stream(self):
        self.begun = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def chunk(self, data):
        text = f"data: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(text), text))

    def fail(self, body):
        if not self.begun:
            return self.answer(502, body)
        # A stream that ends without its end is seen to be cut.
        self.chunk(json.dumps(body))
        self.close_connection = True

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


class Server(ThreadingHTTPServer):
    daemon_threads = True


if __name__ == "__main__":
    threading.Thread(target=leave_with_parent, daemon=True).start()
    ZAIClient = library(sys.argv[1])
    Server((os.environ["HOST"], int(os.environ["PORT"])), Handler).serve_forever()

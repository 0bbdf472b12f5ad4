"""Serves one GGUF file over HTTP with llama.cpp's own server, which the package xllamacpp carries.

Arguments: the file, the model's id. Environment: HOST, PORT, API_KEY, THREADS.
"""

import os
import signal
import sys
import threading


def leave_with_parent():
    """The parent process holds the other end of stdin: when that closes, the parent is gone."""
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


threading.Thread(target=leave_with_parent, daemon=True).start()

import xllamacpp  # noqa: E402  the parent may leave while this loads

# The file's own template adds a system line that makes so small a model babble.
TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

weights, model = sys.argv[1:]
threads = int(os.environ.get("THREADS", "1"))

params = xllamacpp.CommonParams()
params.model.path = weights
params.model_alias = {model}
params.chat_template = TEMPLATE
params.sampling.temp = 0.2

params.hostnames = [os.environ.get("HOST", "127.0.0.1")]
params.port = int(os.environ["PORT"])
# Without a key, and with its own idea of origins, any web page could use it.
params.api_keys = [os.environ["API_KEY"]]
params.cors_origins = ""
params.ui = False
params.endpoint_metrics = True

params.cpuparams.n_threads = threads
params.cpuparams_batch.n_threads = threads
params.n_parallel = 4
params.kv_unified = True
params.n_ctx = 4096
# In small batches, so that one long prompt does not freeze the other streams.
params.n_batch = 128
params.n_ubatch = 128
params.n_predict = 512
params.cache_ram_mib = 0

params.embedding = True
params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN

server = xllamacpp.Server(params)  # returns when the model is loaded
# The orderly way waits for running streams, half a minute and more; the gateway has drained them before.
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
threading.Event().wait()

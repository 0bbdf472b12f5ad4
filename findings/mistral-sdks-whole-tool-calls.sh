#!/usr/bin/env bash
# @mistralai/mistralai (npm) 2.7.0 on Node 20 or newer, mistralai (PyPI) 3.7.0 on Python 3.10 or newer.
#
# Mistral's API has the paths and the shapes of chat completions, so that its SDKs are pointed at other servers of that
# protocol. Text streams work. Streamed tool calls do not: elsewhere a call begins with its name and goes on in fragments
# that have only an index and a piece of the arguments. Mistral sends each call whole, and its SDKs check every chunk
# against that: at the first fragment without a name both raise an error of validation, after they have already handed out
# the beginning of the call. A call in one chunk is read.
#
# For servers of these clients: each tool call in one chunk, with its name and all of its arguments.
#
# Prints what each SDK reads of one call, whole and in fragments. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @mistralai/mistralai@2.7.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install mistralai==3.7.0

cat >ask.py <<'PY'
import sys
from mistralai.client import Mistral

text, end = "", "ended"
try:
    with Mistral(api_key="unused", server_url=sys.argv[1]) as client:
        for event in client.chat.stream(model="m", messages=[{"role": "user", "content": "hi"}]):
            for call in event.data.choices[0].delta.tool_calls or []:
                text += call.function.arguments
except Exception as error:
    end = f"threw {type(error).__name__}"
print(f"{text} {end}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { Mistral } from '@mistralai/mistralai';

const chunk = (delta, finish_reason = null) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const call = (args) => chunk({ role: 'assistant', content: '', tool_calls: [{ index: 0, id: 'call_a', type: 'function', function: { name: 'f', arguments: args } }] });
const end = `${chunk({ content: '' }, 'tool_calls')}data: [DONE]\n\n`;
const streams = {
  whole: call('{"x":1}') + end,
  fragments: call('{"x":') + chunk({ content: '', tool_calls: [{ index: 0, function: { arguments: '1}' } }] }) + end,
};
const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(streams[request.url.split('/')[1]]);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(serverURL) {
  let [text, how] = ['', 'ended'];
  try {
    const client = new Mistral({ apiKey: 'unused', serverURL });
    for await (const { data } of await client.chat.stream({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }))
      for (const one of data.choices[0].delta.toolCalls ?? []) text += one.function.arguments;
  } catch (error) {
    how = `threw ${error.constructor.name}`;
  }
  return `${text} ${how}`;
}
const python = async (url) => (await promisify(execFile)('venv/bin/python', ['ask.py', url])).stdout.trim();

const expected = {
  node: { whole: '{"x":1} ended', fragments: '{"x": threw ZodError' },
  python: { whole: '{"x":1} ended', fragments: '{"x": threw ResponseValidationError' },
};
let isAsFound = true;
for (const [language, ask] of Object.entries({ node, python }))
  for (const kind of Object.keys(streams)) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}`);
    console.log(`${language}, ${kind}:`, seen);
    if (seen !== expected[language][kind]) isAsFound = false;
  }
server.close();
server.closeAllConnections();
if (!isAsFound) {
  console.error('The behaviour is not the one that was found.');
  process.exit(1);
}
console.log('As found.');
JS
timeout 300 node ask.mjs

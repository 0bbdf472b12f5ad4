#!/usr/bin/env bash
# @anthropic-ai/sdk (npm) 1.14.0 on Node 20 or newer, anthropic (PyPI) 2.14.0 on Python 3.9 or newer.
#
# An error in the middle of a stream of the Messages API is `event: error` with `{"type":"error","error":{…}}`. A gateway
# that speaks OpenAI's protocol writes errors as a `data:` line without an event's name, and one would expect the SDKs to
# throw at it, for its JSON says `"type":"error"`. They do not: both look at named events only, skip it without a word, and
# since they do not ask for `message_stop` either, the loop over the events ends as after a whole answer. In Python even
# `get_final_message()` gives the half of a text, with stop_reason None. The same error with a name is thrown.
#
# For whoever answers such clients: an error event needs its name, and a break needs an error event.
#
# Prints what each SDK makes of both. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact @anthropic-ai/sdk@1.14.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install anthropic==2.14.0

cat >ask.py <<'PY'
import sys
import anthropic

asked = dict(model="m", max_tokens=50, messages=[{"role": "user", "content": "hi"}])
client = anthropic.Anthropic(api_key="unused", base_url=sys.argv[1], max_retries=0)
text, end = "", "ended"
try:
    for event in client.messages.create(**asked, stream=True):
        if event.type == "content_block_delta":
            text += event.delta.text
except anthropic.APIError as error:
    end = "threw"
try:
    with client.messages.stream(**asked) as stream:
        message = stream.get_final_message()
    final = f"{message.content[0].text!r} {message.stop_reason}"
except anthropic.APIError as error:
    final = "threw"
print(f"{text!r} {end}; final message: {final}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';

const named = (data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const begin = [
  { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Not to' } },
].map(named).join('');
const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
const errors = { named: named(error), unnamed: `data: ${JSON.stringify(error)}\n\n`, openai: `data: ${JSON.stringify({ error: error.error })}\n\n` };

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    response.end(begin + errors[request.url.split('/')[1]]);
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

const asked = { model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] };
async function node(baseURL) {
  const client = new Anthropic({ apiKey: 'unused', baseURL, maxRetries: 0 });
  let [text, end] = ['', 'ended'];
  try {
    for await (const event of await client.messages.create({ ...asked, stream: true }))
      if (event.type === 'content_block_delta') text += event.delta.text;
  } catch {
    end = 'threw';
  }
  const final = await client.messages.stream(asked).finalMessage().then(({ content }) => `'${content[0].text}'`, () => 'threw');
  return `'${text}' ${end}; final message: ${final}`;
}
const python = async (baseURL) => (await promisify(execFile)('venv/bin/python', ['ask.py', baseURL])).stdout.trim();

const expected = {
  'node named': "'Not to' threw; final message: threw",
  'node unnamed': "'Not to' ended; final message: threw",
  'node openai': "'Not to' ended; final message: threw",
  'python named': "'Not to' threw; final message: threw",
  'python unnamed': "'Not to' ended; final message: 'Not to' None",
  'python openai': "'Not to' ended; final message: 'Not to' None",
};
let isAsFound = true;
for (const [language, ask] of Object.entries({ node, python }))
  for (const kind of Object.keys(errors)) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}`);
    console.log(`${language}, ${kind} error:`, seen);
    if (seen !== expected[`${language} ${kind}`]) isAsFound = false;
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

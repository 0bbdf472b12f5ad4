#!/usr/bin/env bash
# openai (npm) 7.59.0 on Node 20 or newer, openai (PyPI) 3.57.0 on Python 3.9 or newer.
#
# Both SDKs have a helper that reads a whole stream of the Responses API and gives the final response. One would expect it
# to give what `response.completed` or `response.incomplete` holds, and to throw where the stream broke off or failed.
# - npm, `responses.stream().finalResponse()`: a stream that breaks off after two words is a final response, with status
#   'in_progress' and these two words as its text. `response.failed` is a final response too, without an error thrown.
# - PyPI, `get_final_response()`: raises RuntimeError for all but `response.completed`, also for `response.incomplete`, a
#   regular end at `max_output_tokens`, whose text is lost so.
# Only an `error` event makes the npm SDK throw; the Python SDK hands it on as an event like any other.
#
# For servers of these clients: a broken stream needs an `error` event. For users: look at `status` of a final response.
#
# Prints what each SDK makes of four ends. Fails when the behaviour changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact openai@7.59.0
python3 -m venv venv
venv/bin/pip --quiet --disable-pip-version-check install openai==3.57.0

cat >ask.py <<'PY'
import sys
import openai

client = openai.OpenAI(api_key="unused", base_url=sys.argv[1], max_retries=0)
try:
    with client.responses.stream(model="m", input="hi") as stream:
        final = stream.get_final_response()
    print(f"{final.status} '{final.output_text}'")
except Exception as error:
    print(f"threw {type(error).__name__}")
PY

cat >ask.mjs <<'JS'
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import OpenAI from 'openai';

const text = 'Not today';
const part = (of) => ({ type: 'output_text', text: of, annotations: [], logprobs: [] });
const item = (status, content) => ({ id: 'msg_1', type: 'message', role: 'assistant', status, content });
const response = (status, more) => ({
  id: 'resp_1', object: 'response', created_at: 1, model: 'm', status, output: [], error: null, incomplete_details: null,
  parallel_tool_calls: true, tool_choice: 'auto', tools: [], ...more,
});
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const begin = [
  { type: 'response.created', response: response('in_progress') },
  { type: 'response.output_item.added', output_index: 0, item: item('in_progress', []) },
  { type: 'response.content_part.added', ...at, part: part('') },
  { type: 'response.output_text.delta', ...at, delta: text, logprobs: [] },
];
const whole = { output: [item('completed', [part(text)])] };
const ends = {
  completed: { type: 'response.completed', response: response('completed', whole) },
  incomplete: { type: 'response.incomplete', response: response('incomplete', { ...whole, incomplete_details: { reason: 'max_output_tokens' } }) },
  failed: { type: 'response.failed', response: response('failed', { error: { code: 'server_error', message: 'overloaded' } }) },
  cut: undefined,
};
const stream = (end) =>
  [...begin, ...(end ? [end] : [])]
    .map((event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`)
    .join('');

const server = createServer((request, reply) => {
  request.resume().on('end', () => {
    reply.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    reply.end(stream(ends[request.url.split('/')[1]]));
  });
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

async function node(baseURL) {
  const client = new OpenAI({ apiKey: 'unused', baseURL, maxRetries: 0 });
  try {
    const final = await client.responses.stream({ model: 'm', input: 'hi' }).finalResponse();
    return `${final.status} '${final.output.flatMap(({ content }) => content).map((one) => one.text).join('')}'`;
  } catch (error) {
    return `threw ${error.constructor.name}`;
  }
}
const python = async (baseURL) => (await promisify(execFile)('venv/bin/python', ['ask.py', baseURL])).stdout.trim();

const expected = {
  node: { completed: `completed '${text}'`, incomplete: `incomplete '${text}'`, failed: "failed ''", cut: `in_progress '${text}'` },
  python: { completed: `completed '${text}'`, incomplete: 'threw RuntimeError', failed: 'threw RuntimeError', cut: 'threw RuntimeError' },
};
let isAsFound = true;
for (const [language, ask] of Object.entries({ node, python }))
  for (const kind of Object.keys(ends)) {
    const seen = await ask(`http://127.0.0.1:${server.address().port}/${kind}/v1`);
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

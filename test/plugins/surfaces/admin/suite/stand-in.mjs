// A program that speaks OpenAI as the gateway runs it. MANNERS says what is wrong with it: `serial` works on one answer
// after another, after a client disconnect too; `mortal` dies of a client disconnect.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

const { PORT, MANNERS = '' } = process.env;
const SHORT = 3;
const LONG = 80;
let last = Promise.resolve();

const head = (object) => ({ id: 'chatcmpl-1', object, created: 1_780_000_000, model: 'local' });
const event = (delta, reason = null) =>
  `data: ${JSON.stringify({ ...head('chat.completion.chunk'), choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;

createServer(async (request, response) => {
  if (request.method === 'GET') return json(response, 200, { object: 'list', data: [{ id: 'local' }] });
  const {
    messages,
    stream,
    max_tokens: most,
  } = JSON.parse(Buffer.concat(await request.toArray()).toString());
  if (!Array.isArray(messages))
    return json(response, 400, {
      error: { message: "'messages' must be a list", type: 'invalid_request_error' },
    });
  if (!stream) return json(response, 200, whole());
  const turn = last;
  const { promise, resolve } = Promise.withResolvers();
  if (MANNERS === 'serial') last = promise;
  await turn;
  await tell(response, most > 100 ? LONG : SHORT);
  resolve();
}).listen(Number(PORT), '127.0.0.1');

async function tell(response, words) {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(event({ role: 'assistant', content: '' }));
  for (let word = 1; word <= words; word++) {
    response.write(event({ content: `word ${word} ` }));
    await sleep(25);
    if (!response.destroyed) continue;
    if (MANNERS === 'mortal') process.exit(7);
    if (MANNERS !== 'serial') return;
  }
  response.end(`${event({}, 'stop')}data: [DONE]\n\n`);
}

function whole() {
  const message = { role: 'assistant', content: 'Hello.' };
  return {
    ...head('chat.completion'),
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 },
  };
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

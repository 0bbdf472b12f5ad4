import type { ServerResponse } from 'node:http';

const made = new Map<number, Buffer>();

/** A chat completion of about `bytes` bytes. */
export function jsonAnswer(response: ServerResponse, bytes: number): void {
  const body = made.get(bytes) ?? make(bytes);
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

function make(bytes: number): Buffer {
  const empty = JSON.stringify(completion(''));
  const body = Buffer.from(
    JSON.stringify(completion('answer '.repeat(bytes / 7).slice(0, Math.max(0, bytes - empty.length)))),
  );
  made.set(bytes, body);
  return body;
}

const completion = (content: string) => ({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_760_000_000,
  model: 'bench-model',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 200, completion_tokens: 150, total_tokens: 350 },
});

import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** What an upstream has counted, and told. */
export interface Tally {
  prompt: number;
  completion: number;
  cached: number;
}

/** How a request with `#5` in its text is answered; `hang`: not at all, until its client leaves. */
export type How = 'well' | 'useless' | 'cut' | 'held' | 'failed' | 'hang';

export interface CountingUpstream {
  readonly url: string;
  readonly tally: Tally;
  /** requests that came for a model */
  asked: number;
}

/** An upstream that counts tokens of its own for each request, and keeps the sum of what it has told. */
export async function countingUpstream(t: Test, how: (nth: number) => How): Promise<CountingUpstream> {
  const tally: Tally = { prompt: 0, completion: 0, cached: 0 };
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (request.method !== 'POST') return response.end('{"object":"list","data":[]}');
      upstream.asked++;
      const body = Buffer.concat(pieces).toString();
      const nth = Number(/#(\d+)/.exec(body)?.[1]);
      answer(response, nth, JSON.parse(body) as Asked, how(nth), tally);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const upstream: CountingUpstream = { url: `http://127.0.0.1:${port}/v1`, tally, asked: 0 };
  return upstream;
}

interface Asked {
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

function answer(
  response: ServerResponse,
  nth: number,
  { stream, stream_options }: Asked,
  how: How,
  tally: Tally,
): void {
  if (how === 'hang') return;
  if (how === 'failed') {
    response.writeHead(500, { 'content-type': 'application/json' }).end('{"error":{"message":"failed"}}');
    return;
  }
  const id = String(nth);
  const counted = { prompt: 100 + (nth % 97), completion: 1 + (nth % 13), cached: nth % 3 === 0 ? 50 : 0 };
  const usage = {
    prompt_tokens: counted.prompt,
    completion_tokens: counted.completion,
    total_tokens: counted.prompt + counted.completion,
    prompt_tokens_details: { cached_tokens: counted.cached },
  };
  const tell = (): void => {
    for (const name of ['prompt', 'completion', 'cached'] as const) tally[name] += counted[name];
  };
  if (stream !== true) {
    const message = { role: 'assistant', content: 'counted' };
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        id,
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: how === 'useless' ? [] : [{ index: 0, message, finish_reason: 'stop' }],
        usage,
      }),
    );
    return tell();
  }
  const chunk = (choices: unknown[], more: object = {}): string =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(
    chunk([{ index: 0, delta: { role: 'assistant', content: 'counted' }, finish_reason: null }]),
  );
  // Its client leaves.
  if (how === 'held') return;
  if (how === 'cut') {
    setTimeout(() => response.destroy(), 5);
    return;
  }
  response.write(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]));
  if (stream_options?.include_usage) {
    response.write(chunk([], { usage }));
    tell();
  }
  response.end('data: [DONE]\n\n');
}

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import { startSwitchyard, type Switchyard, type Parsed } from '../switchyard.ts';
import { readRecording } from '../upstream/recordings.ts';

/** One request to a server, and its answer to be written. */
export interface AdaptedCall {
  readonly body: Parsed;
  readonly response: ServerResponse;
  readonly headers: IncomingHttpHeaders;
}
export type Reply = (asked: AdaptedCall) => unknown;

/** A server that answers each `METHOD /path` as the real one was seen to; what is not here is its own 404. */
export interface StandIn {
  readonly url: string;
  readonly replies: Record<string, Reply>;
  /** `METHOD /path` of each request, with its headers, and its body where it is JSON */
  readonly asked: { readonly path: string; readonly body: Parsed; readonly headers: IncomingHttpHeaders }[];
}

export async function startStandIn(t: Test, replies: Record<string, Reply>): Promise<StandIn> {
  const asked: StandIn['asked'] = [];
  const server = createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray().catch(() => [])).toString();
    const path = `${request.method} ${(request.url as string).split('?')[0]}`;
    const body: Parsed = text === '' ? undefined : JSON.parse(text);
    asked.push({ path, body, headers: request.headers });
    const reply = replies[path] ?? says(404, { detail: 'Not Found' });
    await reply({ body, response, headers: request.headers });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, replies, asked };
}

/** A gateway whose model `m` is answered by these servers, asked in turn from the first on. */
export function gatewayBefore(
  t: Test,
  servers: Record<string, StandIn>,
  { use = 'openai-compatible', ...config }: Record<string, unknown> & { use?: string } = {},
): Promise<Switchyard> {
  const names = Object.keys(servers);
  const provider = (name: string) => ({ use, baseUrl: `${servers[name]!.url}/v1`, models: { m: 'm' } });
  const targets = names.map((name) => ({ provider: name }));
  return startSwitchyard(t, {
    providers: Object.fromEntries(names.map((name) => [name, provider(name)])),
    models: { m: { strategy: { use: 'round-robin' }, targets } },
    retry: { again: 0 },
    ...config,
  });
}

export const CHAT = 'POST /v1/chat/completions';

/** JSON for what is an object, plain text for what is one. */
export function says(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
  return ({ response }) => {
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(isText ? body : JSON.stringify(body));
  };
}

/** A stream of these payloads, each an event; then the body ends well, or the connection breaks inside it. */
export function streams(payloads: readonly unknown[], then: 'end' | 'break' = 'end'): Reply {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    const text = payloads.map((one) => `data: ${typeof one === 'string' ? one : JSON.stringify(one)}\n\n`);
    if (then === 'end') response.end(text.join(''));
    else response.write(text.join(''), () => response.socket?.destroySoon());
  };
}

/** What was recorded of it, with its status. */
export function recorded(file: string): Reply {
  const { status, headers, body } = readRecording(file);
  return ({ response }) => {
    response.writeHead(status, { 'content-type': String(headers['content-type']) });
    response.end(body);
  };
}

/** A chunk of a chat stream. */
export const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1_700_000_000,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...more,
});

/** A healthy server, used when another is not. */
export const well: Record<string, Reply> = {
  [CHAT]: ({ body, response, headers }) => {
    const whole = {
      id: 'chatcmpl-2',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: body.model,
      choices: [{ index: 0, message: { role: 'assistant', content: 'well' }, finish_reason: 'stop' }],
    };
    const events = [chunk({ role: 'assistant', content: 'well' }), chunk({}, 'stop'), '[DONE]'];
    return (body.stream ? streams(events) : says(200, whole))({ body, response, headers });
  },
};

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';

/** A server that speaks OpenAI as far as its test says: what it lists, and how it answers a path. */
export interface ModelServer {
  readonly url: string;
  readonly port: number;
  /** what `GET /v1/models` answers, as an object or as text; undefined: 404 */
  list: unknown;
  /** how a path is answered; one that is not here: 404 as FastAPI says it */
  readonly paths: Record<string, Reply>;
  /** `{ path, model }` of each POST */
  readonly asked: { readonly path: string; readonly model: unknown }[];
  /** how often the list was requested */
  looks: number;
  close(): Promise<void>;
}

export type Reply = (body: Record<string, unknown>) => Said;

interface Said {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
}

export const chat: Reply = ({ model }) => ({
  json: {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model,
    choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
  },
});

/** Opens one for a test; it answers chats until told otherwise. */
export async function startModelServer(
  t: Test,
  { list, paths = {}, port = 0 }: { list?: unknown; paths?: Record<string, Reply>; port?: number } = {},
): Promise<ModelServer> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  );
  const { port: taken } = server.address() as AddressInfo;
  const opened: ModelServer = {
    url: `http://127.0.0.1:${taken}/v1`,
    port: taken,
    list,
    paths: { '/v1/chat/completions': chat, ...paths },
    asked: [],
    looks: 0,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  t.teardown(() => opened.close());
  return opened;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0] as string;
    const text = await read(request);
    const said = (status: number, body: unknown): void => {
      const isText = typeof body === 'string';
      response.writeHead(status, { 'content-type': isText ? 'text/plain' : 'application/json' });
      response.end(isText ? body : JSON.stringify(body));
    };
    if (request.method === 'GET' && path === '/v1/models' && opened.list !== undefined) {
      opened.looks++;
      return said(200, opened.list);
    }
    if (request.method !== 'POST') return said(404, { detail: 'Not Found' });
    const body = JSON.parse(text) as Record<string, unknown>;
    opened.asked.push({ path, model: body.model });
    const { status = 200, json, text: raw } = opened.paths[path]?.(body) ?? notFound;
    said(status, raw ?? json ?? {});
  }
}

const notFound: Said = { status: 404, json: { detail: 'Not Found' } };

async function read(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}

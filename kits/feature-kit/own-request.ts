import type {
  Call,
  Exchange,
  Formats,
  Gateway,
  Handler,
  Target,
  Transport,
} from '../../core/contracts/index.ts';

/** The most bytes of an answer to a request of the gateway's own. */
const LONGEST = 8 * 1024 * 1024;

/** Whether the target answers the shortest possible chat within that time (ms). The chat is paid for like any other. */
export function answersChat(
  { transport, formats }: Pick<Gateway, 'transport' | 'formats'>,
  target: Target,
  withinMs: number,
): Promise<boolean> {
  return exchanged(transport, target, shortestChat(target, formats), withinMs).then(
    ({ status, body }) => status >= 200 && status < 300 && body.length > 0,
    () => false,
  );
}

/**
 * Sends a `GET` of the gateway's own to a provider, with its key and headers, and parses the JSON answer.
 * @throws Error without a 200 and JSON within that time (ms)
 */
export async function getJson(
  transport: Transport,
  target: Target,
  path: string,
  withinMs: number,
): Promise<unknown> {
  const { status, body } = await get(transport, target, path, withinMs);
  if (status !== 200) throw new Error(`it answered ${status}`);
  try {
    return JSON.parse(body.toString());
  } catch {
    throw new Error('its answer is not JSON');
  }
}

/**
 * Sends a `GET` to a provider and returns any answer.
 * @throws Error without an answer within that time (ms)
 */
export function get(transport: Transport, target: Target, path: string, withinMs: number): Promise<Answer> {
  return exchanged(transport, target, getOf(path), withinMs);
}

type Question = Pick<Call, 'surface' | 'method' | 'path' | 'raw' | 'format'> & Partial<Call>;

const getOf = (path: string): Question => ({
  surface: 'models',
  method: 'GET',
  path,
  raw: Buffer.alloc(0),
  format: 'opaque',
});

/** A chat in the API that the target has. */
function shortestChat(
  { model, provider: { quirks, surfaces } }: Target,
  { translations }: Formats,
): Question {
  const stream = quirks.streams === 'only';
  const chat = { model, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1, stream };
  const hasChat = surfaces.includes('chat') || surfaces.includes('*');
  const by = hasChat
    ? undefined
    : translations.find(({ from, to }) => from === 'chat' && surfaces.includes(to));
  const path = by?.path ?? '/chat/completions';
  return {
    surface: by?.to ?? 'chat',
    method: 'POST',
    path: typeof path === 'string' ? path : path({ model, stream }),
    headers: { 'content-type': 'application/json' },
    raw: Buffer.from(JSON.stringify(by ? by.request(chat) : chat)),
    model,
    stream,
    format: 'json',
  };
}

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

function exchanged(
  transport: Transport,
  target: Target,
  question: Question,
  withinMs: number,
): Promise<Answer> {
  const call = { headers: {}, model: '', stream: false, choices: 1, forwardAuthorization: false };
  return new Promise((resolve, reject) => {
    let exchange: Exchange | undefined;
    const chunks: Buffer[] = [];
    let length = 0;
    let status = 0;
    const fail = (error: Error): void => {
      clearTimeout(timer);
      exchange?.abort();
      reject(error);
    };
    const timer = setTimeout(() => fail(new Error(`no answer within ${withinMs} ms`)), withinMs);
    const handler: Handler = {
      connected: () => {},
      head: (code) => void (status = code),
      data: (chunk) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length > LONGEST) fail(new Error(`its answer is longer than ${LONGEST} bytes`));
      },
      end: () => {
        clearTimeout(timer);
        resolve({ status, body: Buffer.concat(chunks) });
      },
      lost: fail,
    };
    try {
      exchange = transport.request(target.provider.request({ ...call, ...question }, target), handler);
    } catch (error) {
      // A plugin or the config made a request that cannot be sent.
      fail(error as Error);
    }
  });
}

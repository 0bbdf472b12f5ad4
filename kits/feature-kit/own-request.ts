import type { Call, Formats, Gateway, Target, Transport } from '../../core/contracts/index.ts';
import { exchanged, type Answer } from './exchange.ts';

/** Whether the target answers the shortest possible chat within that time (ms). The chat is paid for like any other. */
export function answersChat(
  { transport, formats }: Pick<Gateway, 'transport' | 'formats'>,
  target: Target,
  withinMs: number,
): Promise<boolean> {
  return shortChat({ transport, formats }, target, withinMs).then(
    ({ status, body }) => status >= 200 && status < 300 && body.length > 0,
    () => false,
  );
}

/**
 * Sends the shortest possible chat and returns any answer.
 * @throws Error without an answer within that time (ms)
 */
export async function shortChat(
  { transport, formats }: Pick<Gateway, 'transport' | 'formats'>,
  target: Target,
  withinMs: number,
): Promise<Answer> {
  return sent(transport, target, await shortestChat(target, formats), withinMs);
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
  return sent(transport, target, getOf(path), withinMs);
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
async function shortestChat(
  { model, provider: { quirks, surfaces } }: Target,
  { translations }: Formats,
): Promise<Question> {
  const stream = quirks.streams === 'only';
  const chat = { model, messages: [{ role: 'user', content: 'Hi' }], max_tokens: 1, stream };
  const hasChat = surfaces.includes('chat') || surfaces.includes('*');
  const by = hasChat
    ? undefined
    : translations.find(({ from, to }) => from === 'chat' && surfaces.includes(to));
  await by?.load?.();
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

function sent(transport: Transport, target: Target, question: Question, withinMs: number): Promise<Answer> {
  const call = { headers: {}, model: '', stream: false, choices: 1, forwardAuthorization: false };
  return exchanged(transport, () => target.provider.request({ ...call, ...question }, target), { withinMs });
}

/** A provider that speaks one protocol, written as a chat: what it was asked, and what it answers. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import type { Test } from 'tap';
import type { Dialect, SseEvent, Translation } from '../../core/contracts/index.ts';
import { unfoldChat } from '../../plugins/surfaces/openai/dialects/unfold-chat.ts';
import { framed } from '../../wire/framing/encoders.ts';
import { SSE } from '../../wire/sse/framing.ts';
import type { Json } from '../plugins/surfaces/conversations.ts';
import { direct, formats, inPieces } from '../plugins/surfaces/meaning.ts';
import { onlyFromChat } from '../plugins/surfaces/only-from-chat.ts';
import { makeCall } from '../plugins/surfaces/openai/recorded.ts';
import { startStandIn, type Reply, type StandIn } from '../servers/stand-in.ts';
import { startSwitchyard, type Parsed, type Switchyard } from '../switchyard.ts';

/** All that a chat is translated to and that has tools. */
export const PROTOCOLS = [
  'messages',
  'gemini',
  'responses',
  'ollama-chat',
  'converse',
  'cohere-chat',
] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** Those, and chat itself. */
export type Provided = Protocol | 'chat';

/** What the model says, in the words of a chat, to the messages that it got. */
export type Script = (messages: Parsed[]) => { content?: string; tool_calls?: object[] };

export interface Spoken {
  readonly switchyard: Switchyard;
  readonly server: StandIn;
  /** the newest request as a chat's messages */
  readonly messages: () => Parsed[];
}

/** A gateway whose model `m` is answered by one provider of that protocol. @param model more of the entry of `m` */
export async function speaking(
  t: Test,
  protocol: Protocol,
  script: Script,
  model: Record<string, unknown> = {},
): Promise<Spoken> {
  const reply: Reply = ({ body, response, headers }) => {
    const isStream = streams(protocol, body, String(headers['x-path'] ?? ''));
    const chat = whole(script(messagesIn(protocol, body)));
    const { encoder, type } = framing(protocol);
    response.writeHead(200, { 'content-type': isStream ? type : 'application/json' });
    response.end(isStream ? encoder(eventsOf(protocol, chat)) : JSON.stringify(answerOf(protocol, chat)));
  };
  const server = await startStandIn(t, new Proxy({}, { get: (_all, path) => withPath(reply, String(path)) }));
  const provider = {
    use: 'openai-compatible',
    baseUrl: server.url,
    surfaces: [protocol],
    models: { m: 'm' },
  };
  const switchyard = await startSwitchyard(t, {
    providers: { provider },
    models: { m: { targets: [{ provider: 'provider' }], ...model } },
    retry: { again: 0 },
  });
  return { switchyard, server, messages: () => messagesIn(protocol, server.asked.at(-1)?.body) };
}

const withPath =
  (reply: Reply, path: string): Reply =>
  (asked) =>
    reply({ ...asked, headers: { ...asked.headers, 'x-path': path } });

const streams = (protocol: Protocol, { stream }: Parsed, path: string): boolean =>
  protocol === 'gemini' || protocol === 'converse' ? /stream/i.test(path) : stream === true;

const toChat = (protocol: string): Translation =>
  direct.find(({ from, to }) => from === protocol && to === 'chat') as Translation;

function messagesIn(protocol: Protocol, body: Parsed): Parsed[] {
  const own = onlyFromChat[protocol];
  return own ? own.messages(body) : (toChat(protocol).request({ model: 'm', ...body }).messages as Parsed[]);
}

function whole({ content, tool_calls: calls }: ReturnType<Script>): Json {
  const message = { role: 'assistant', content: content ?? null, ...(calls && { tool_calls: calls }) };
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'm',
    choices: [{ index: 0, message, finish_reason: calls ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };
}

const DONE: SseEvent = { event: '', data: '[DONE]' };
const call = makeCall({ model: 'm', stream_options: { include_usage: true } });

const answerOf = (protocol: Protocol, chat: Json): unknown =>
  onlyFromChat[protocol]?.answer(chat) ?? toChat(protocol).answer(chat, call);

function eventsOf(protocol: Provided, chat: Json): SseEvent[] {
  if (protocol === 'chat') return [...inPieces(unfoldChat(chat, call), 3), DONE];
  const own = onlyFromChat[protocol];
  if (own) return own.events(chat);
  const translate = toChat(protocol).events(call);
  return [...inPieces(unfoldChat(chat, call), 3), DONE].flatMap((event) => translate(event));
}

interface Framed {
  readonly type: string;
  readonly encoder: (events: readonly SseEvent[]) => Buffer;
}

function framing(protocol: Provided): Framed {
  if (protocol === 'converse') return { type: 'application/vnd.amazon.eventstream', encoder: binary };
  const { encoder } = (formats.dialects.get(protocol) as Dialect).framing ?? SSE;
  return {
    type: (encoder ?? SSE.encoder).contentType,
    encoder: (events) => framed(events, encoder ?? SSE.encoder),
  };
}

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);
const header = (value: string) => ({ type: 'string' as const, value });

const binary = (events: readonly SseEvent[]): Buffer =>
  Buffer.concat(
    events.map(({ event, data }) =>
      codec.encode({
        headers: event.endsWith('Exception')
          ? { ':message-type': header('exception'), ':exception-type': header(event) }
          : { ':message-type': header('event'), ':event-type': header(event) },
        body: Buffer.from(data),
      }),
    ),
  );

const json = (event: string, body: object): SseEvent => ({ event, data: JSON.stringify(body) });

/** An error in the middle of a stream, as each protocol tells it. */
const ERRORS: Readonly<Record<Provided, SseEvent>> = {
  chat: json('', { error: { message: 'boom', type: 'server_error', code: 500 } }),
  messages: json('error', { type: 'error', error: { type: 'overloaded_error', message: 'boom' } }),
  gemini: json('', { error: { code: 503, message: 'boom', status: 'UNAVAILABLE' } }),
  responses: json('response.failed', {
    type: 'response.failed',
    response: {
      id: 'resp_1',
      status: 'failed',
      error: { code: 'server_error', message: 'boom' },
      output: [],
    },
  }),
  'ollama-chat': json('', { error: 'boom' }),
  converse: json('modelStreamErrorException', { message: 'boom' }),
  'cohere-chat': json('message-end', {
    type: 'message-end',
    delta: { finish_reason: 'ERROR', error: 'boom' },
  }),
};

/** A stream of that protocol in the bytes of its events, and an error of it. */
export function pieces(protocol: Provided, said: ReturnType<Script>) {
  const { type, encoder } = framing(protocol);
  const bytes = (event: SseEvent): Buffer => encoder([event]);
  return { type, events: eventsOf(protocol, whole(said)).map(bytes), error: bytes(ERRORS[protocol]) };
}

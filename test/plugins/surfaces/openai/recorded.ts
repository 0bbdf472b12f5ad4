import type { Call, Dialect, SseEvent } from '../../../../core/contracts/index.ts';
import { eventsIn } from '../../../../wire/sse/event.ts';
import { chat } from '../../../../plugins/surfaces/openai/dialects/chat.ts';
import { completions } from '../../../../plugins/surfaces/openai/dialects/completions.ts';
import { responses } from '../../../../plugins/surfaces/openai/dialects/responses.ts';
import { listRecordings, providerIndex, readRecording } from '../../../upstream/recordings.ts';

const DIALECTS: readonly [RegExp, Dialect][] = [
  [
    /^openai\/chat--|^llama-server\/chat|^(cerebras|dashscope|deepseek|groq|mistral|perplexity)\/(?!.*transcription)/,
    chat,
  ],
  [/^openai\/completion--|^llama-server\/completions/, completions],
  [/^openai\/responses--|^llama-server\/responses/, responses],
];

/** Several answers in one file, one after the other. */
const SEVERAL = /responses--openai-(reasoning-encrypted-content|shell-tool)\.1\.chunks/;

/** Two of its lines lack their last brace. */
export const BROKEN = 'openai/responses--parallel-tool-call-wrapper.1.chunks.txt';

/** One recorded answer and the dialect it is in. */
export interface Recorded {
  readonly file: string;
  readonly dialect: Dialect;
  readonly body: Buffer;
}

/** What `JSON.parse` gives: tests look into it without asking. */
export type Parsed = ReturnType<typeof JSON.parse>;

export function makeCall(body: object = {}, choices = 1): Call {
  return {
    surface: 'chat',
    method: 'POST',
    path: '/chat/completions',
    headers: {},
    raw: Buffer.from(JSON.stringify(body)),
    model: 'm',
    stream: true,
    choices,
    format: 'json',
    forwardAuthorization: false,
  };
}

/** Streams of real vendors, one answer each. */
export function vendorStreams(): Recorded[] {
  return vendorFiles(/\.chunks\.txt$|stream.*\.http\.txt$/).flatMap(({ body, ...recorded }) => {
    if (!SEVERAL.test(recorded.file)) return [{ ...recorded, body }];
    const answers = body.toString().split(/(?<=data: \{"type":"response\.completed".*\n\n)/);
    return answers.filter((text) => text !== '').map((text) => ({ ...recorded, body: Buffer.from(text) }));
  });
}

/** Whole answers of real vendors, refusals with a status of their own among them. */
export const vendorAnswers = (): Recorded[] => vendorFiles(/\.json$|^[^.]*(?<!stream.*)\.http\.txt$/);

/** What local provider programs answered to chat with status 200. */
export function providerAnswers(): (Recorded & { readonly streamed: boolean })[] {
  return [...providerIndex().values()]
    .filter(({ request, status }) => request.includes('/chat/completions') && status === 200)
    .map(({ file, events, contentType }) => {
      const streamed = events > 0 || contentType.startsWith('text/event-stream');
      return { file, dialect: chat, body: readRecording(file).body, streamed };
    });
}

export const eventsOf = (body: Buffer): SseEvent[] =>
  [...eventsIn(body)].map(({ event }) => event).filter(({ data }) => data !== '');

/** Events made of their payloads. */
export const stream = (...payloads: readonly unknown[]): SseEvent[] =>
  payloads.map((payload) => ({
    event: '',
    data: typeof payload === 'string' ? payload : JSON.stringify(payload),
  }));

/** Reads a stream as the relay does, until its closing event, an error or its end, and says how it ended. */
export function readStream(dialect: Dialect, events: readonly SseEvent[], call = makeCall()) {
  const reader = dialect.reader(call);
  let content = false;
  let terminal = false;
  let error: string | undefined;
  for (const event of events) {
    const sign = reader.read(event);
    content ||= sign.content;
    ({ terminal, error } = { error: undefined, ...sign });
    if (terminal || error !== undefined) break;
  }
  const { finished, explained } = reader;
  const ended = terminal || finished ? 'whole' : 'cut';
  const outcome = error === undefined ? (content || explained ? ended : 'empty') : 'error';
  return { content, terminal, error, finished, explained, outcome };
}

/** A folded stream, as it would be read from the wire. */
export function foldAll(dialect: Dialect, events: readonly SseEvent[]): Parsed {
  const fold = dialect.fold?.();
  for (const event of events) fold?.add(event);
  return JSON.parse(JSON.stringify(fold?.result()));
}

function vendorFiles(pattern: RegExp): Recorded[] {
  return ['cerebras', 'dashscope', 'deepseek', 'groq', 'llama-server', 'mistral', 'openai', 'perplexity']
    .flatMap((vendor) => listRecordings(vendor))
    .filter((file) => pattern.test(file))
    .flatMap((file) => {
      const dialect = DIALECTS.find(([files]) => files.test(file))?.[1];
      return dialect ? [{ file, dialect, body: readRecording(file).body }] : [];
    });
}

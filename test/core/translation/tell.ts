/**
 * A protocol that is made up, with what real ones have and chat has not: the model and whether it streams stand in the
 * path, `/v1/models/MODEL:tell` and `:stream`, and a stream is a JSON object a line, or one array for `?as=array`. As a
 * plugin it is a surface; its module has the formats, too.
 */
import type {
  Dialect,
  EventMeaning,
  EventTranslator,
  FeaturePlugin,
  SseEvent,
  Translation,
} from '../../../core/contracts/index.ts';
import { errorText } from '../../../kits/dialect-kit/error-text.ts';
import { generic } from '../../../kits/dialect-kit/generic.ts';
import { objectsOf, parse, type Json } from '../../../kits/dialect-kit/json.ts';
import { CONTENT, failed, TERMINAL } from '../../../kits/dialect-kit/signs.ts';
import { textOf } from '../../../kits/dialect-kit/text-of.ts';
import { passBodiesAsBytes, serve } from '../../../kits/surface-kit/index.ts';
import { JSON_ARRAY } from '../../../wire/framing/json-array.ts';
import { NDJSON } from '../../../wire/framing/ndjson.ts';

const pathOf = ({ model, stream }: { model: string; stream: boolean }): string =>
  `/models/${encodeURIComponent(model)}:${stream ? 'stream' : 'tell'}`;

const line = (data: Json): SseEvent => ({ event: '', data: JSON.stringify(data) });
const END = line({ end: true });

function meaningOf({ data }: SseEvent): EventMeaning {
  const { error, end } = parse(data) as Json;
  if (error !== undefined) return { ...failed(errorText(error)), native: true };
  return end === true ? TERMINAL : CONTENT;
}

export const tell: Dialect = {
  ...generic('tell'),
  strict: true,
  mustBeDeclared: true,
  framing: NDJSON,
  reader: () => {
    let finished = false;
    const read = (event: SseEvent): EventMeaning => {
      const meaning = meaningOf(event);
      finished ||= meaning.terminal;
      return meaning;
    };
    return {
      quiet: () => false,
      read,
      explained: false,
      get finished() {
        return finished;
      },
    };
  },
  closing: END,
  failure: (said) => line({ error: said.error }),
  fold: () => {
    let data = '';
    return { add: (event) => void (data += (parse(event.data) as Json).say ?? ''), result: () => ({ data }) };
  },
  unfold: (answer) => [line({ say: (answer as Json).data }), END],
};

const choice = (text: string | undefined, finish_reason: string | null, whole = false): Json => ({
  id: 'chatcmpl-1',
  object: whole ? 'chat.completion' : 'chat.completion.chunk',
  choices: [{ index: 0, [whole ? 'message' : 'delta']: { role: 'assistant', content: text }, finish_reason }],
});

const toTell: Translation = {
  name: 'chat-to-tell',
  from: 'chat',
  to: 'tell',
  path: pathOf,
  request: ({ messages }) => ({ text: (objectsOf(messages).at(-1) as Json).content }),
  answer: (body) => choice((body as { data: string }).data, 'stop', true),
  events: () => (event) => {
    const { say, end } = parse(event.data) as { say?: string; end?: true };
    return end ? [line(choice(undefined, 'stop')), { event: '', data: '[DONE]' }] : [line(choice(say, null))];
  },
};

const sayIn = (body: unknown): string =>
  objectsOf((body as Json).choices)
    .map(textOf)
    .join('');

const fromTell: Translation = {
  name: 'tell-to-chat',
  from: 'tell',
  to: 'chat',
  path: '/chat/completions',
  request: ({ text, ...rest }) => ({ ...rest, messages: [{ role: 'user', content: text }] }),
  answer: (body) => ({ data: sayIn(body) }),
  events: () => {
    let said = '';
    const translate: EventTranslator = ({ data }) => {
      if (data === '[DONE]') return [END];
      const say = sayIn(parse(data));
      said += say;
      return say === '' ? [] : [line({ say })];
    };
    return Object.assign(translate, { fail: ({ error }: { error: Json }) => [line({ error, said })] });
  },
};

export const dialects = [tell];
export const translations = [toTell, fromTell];

export default {
  name: 'tell',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    host.gateway.formats.add(dialects, translations, import.meta.url);
    passBodiesAsBytes(host);
    const inPath = ({ params, query }: { params: unknown; query: unknown }) => {
      const [model = '', method] = String((params as { '*': string })['*']).split(/:(?=[^:]*$)/);
      const encoder = (query as Json).as === 'array' ? JSON_ARRAY : undefined;
      return { model, stream: method === 'stream', pathOf, ...(encoder && { encoder }) };
    };
    serve(host, '/tell/models/*', { path: '', surface: 'tell', named: true, inPath }, tell);
  },
} satisfies FeaturePlugin;

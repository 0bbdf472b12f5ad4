/**
 * A protocol that is made up, with what real ones have and chat has not: the model and whether it streams stand in the
 * path, `/v1/models/MODEL:tell` and `:stream`. As a plugin it is a surface; its module has the formats, too.
 */
import type { Dialect, FeaturePlugin, Translation } from '../../../core/contracts/index.ts';
import { generic } from '../../../kits/dialect-kit/generic.ts';
import { passBodiesAsBytes, serve } from '../../../kits/surface-kit/index.ts';

type Json = Record<string, unknown>;

const pathOf = ({ model, stream }: { model: string; stream: boolean }): string =>
  `/models/${encodeURIComponent(model)}:${stream ? 'stream' : 'tell'}`;

const tell: Dialect = { ...generic('tell'), strict: true };

const toTell: Translation = {
  name: 'chat-to-tell',
  from: 'chat',
  to: 'tell',
  path: pathOf,
  request: ({ messages }) => ({ text: ((messages as Json[]).at(-1) as Json).content }),
  answer: (body) => ({
    object: 'chat.completion',
    choices: [
      { index: 0, message: { role: 'assistant', content: (body as Json).data }, finish_reason: 'stop' },
    ],
  }),
  events: () => (event) => [event],
};

const fromTell: Translation = {
  name: 'tell-to-chat',
  from: 'tell',
  to: 'chat',
  path: '/chat/completions',
  request: ({ text, ...rest }) => ({ ...rest, messages: [{ role: 'user', content: text }] }),
  answer: (body) => ({
    data: ((body as { choices: { message: Json }[] }).choices[0] as { message: Json }).message.content,
  }),
  events: () => (event) => [event],
};

export const dialects = [tell];
export const translations = [toTell, fromTell];

export default {
  name: 'tell',
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, host) {
    host.gateway.formats.add(dialects, translations, import.meta.url);
    passBodiesAsBytes(host);
    const inPath = ({ params }: { params: unknown }) => {
      const [model = '', method] = String((params as { '*': string })['*']).split(/:(?=[^:]*$)/);
      return { model, stream: method === 'stream', pathOf };
    };
    serve(host, '/tell/models/*', { path: '', surface: 'tell', named: true, inPath }, tell);
  },
} satisfies FeaturePlugin;

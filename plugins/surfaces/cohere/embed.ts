import type { Translator } from '../../../kits/dialect-kit/lazily.ts';
import { isObject, type Json } from '../../../kits/dialect-kit/json.ts';
import { Members } from '../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../kits/dialect-kit/refuse.ts';
import { chatUsage } from './usage.ts';

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, '/v2/embed', '/embeddings');
/** Members of Cohere's API that callers may send. */
const SAME = ['model', 'truncate', 'max_tokens', 'priority'];

/** Texts to embed, for Cohere's own API. */
export const embeddingsToCohere: Translator = {
  request,
  answer,
  events: () => (event) => [event],
};

/** Cohere requires the purpose of the vectors, which OpenAI's API lacks: documents to search in, by default. */
function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  const input_type = members.take('input_type') ?? 'search_document';
  const asked: Json = { input_type, texts: textsOf(members.take('input')) };
  members.move(SAME, asked);
  const dimensions = members.take('dimensions');
  if (dimensions !== undefined) asked.output_dimension = dimensions;
  asked.embedding_types = [members.take('encoding_format') ?? 'float'];
  members.drop(['user']);
  members.end(cannotSay, () => false);
  return asked;
}

function textsOf(input: unknown): unknown[] {
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  return texts.every((text) => typeof text === 'string') ? texts : cannotSay('input', input);
}

function answer(body: unknown, asked?: { readonly model: string }): unknown {
  if (!isObject(body) || !isObject(body.embeddings)) return body;
  const [vectors] = Object.values(body.embeddings).filter((one): one is unknown[] => Array.isArray(one));
  const { prompt_tokens, total_tokens } = chatUsage(body.meta);
  return {
    object: 'list',
    data: (vectors ?? []).map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: asked?.model ?? '',
    usage: { prompt_tokens, total_tokens },
  };
}

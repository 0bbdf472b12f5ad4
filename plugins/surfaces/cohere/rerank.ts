import type { Call } from '../../../core/contracts/index.ts';
import type { Translator } from '../../../kits/dialect-kit/lazily.ts';
import { isObject, objectsOf, parse, type Json } from '../../../kits/dialect-kit/json.ts';
import { Members } from '../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../kits/dialect-kit/refuse.ts';
import { asNumber } from '../../../kits/dialect-kit/as-text.ts';

const cannotSay = (member: string, value: unknown): never => refuse(member, value, '/v2/rerank', '/rerank');
const SAME = ['model', 'query', 'top_n', 'max_tokens_per_doc', 'priority'];

/** Documents to be put in order (Jina, vLLM, llama.cpp and others), for Cohere's own API, which takes texts and numbers them. */
export const rerankToCohere: Translator = {
  request,
  answer,
  events: () => (event) => [event],
};

function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  const asked: Json = {};
  members.move(SAME, asked);
  const documents = members.take('documents');
  if (!Array.isArray(documents)) return cannotSay('documents', documents);
  asked.documents = documents.map((one: unknown, nth) => textOf(one) ?? cannotSay(`documents[${nth}]`, one));
  members.take('return_documents');
  members.drop(['user']);
  members.end(cannotSay, () => false);
  return asked;
}

/** undefined: it is no text */
const textOf = (document: unknown): string | undefined => {
  if (typeof document === 'string') return document;
  return isObject(document) && typeof document.text === 'string' ? document.text : undefined;
};

function answer(body: unknown, asked?: Call): unknown {
  if (!isObject(body) || !Array.isArray(body.results)) return body;
  const given = asked ? parse(asked.raw.toString()) : undefined;
  const { documents, return_documents: returns } = isObject(given) ? given : {};
  const texts: unknown[] = returns === true && Array.isArray(documents) ? documents : [];
  const results = objectsOf(body.results).map((result) => {
    const text = textOf(texts[asNumber(result.index)]);
    return text === undefined ? result : { ...result, document: { text } };
  });
  return { ...body, ...(asked && { model: asked.model }), results };
}

import type { Call } from '../../../../core/contracts/index.ts';
import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { textsOf, vectorList } from './openai-embeddings.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

const cannotSay = (member: string, value: unknown): never => refuse(member, value, ':predict', '/embeddings');

/** Texts to embed, for Vertex AI, whose models of embeddings have an API of their own. */
export const embeddingsToPredict: Translator = {
  request,
  answer,
  events: () => (event) => [event],
};

/** The purpose of the vectors belongs to each text; callers that know the API may send it. */
function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  members.take('model');
  const dimensions = members.take('dimensions');
  const purpose: Json = {};
  members.move(['task_type', 'title'], purpose);
  const instances = textsOf(members.take('input'), cannotSay).map((content) => ({ content, ...purpose }));
  members.take('encoding_format');
  members.drop(['user']);
  members.end(cannotSay, () => false);
  return { instances, ...(dimensions !== undefined && { parameters: { outputDimensionality: dimensions } }) };
}

function answer(body: unknown, asked?: Call): unknown {
  if (!isObject(body) || !Array.isArray(body.predictions)) return body;
  const found = objectsOf(body.predictions).map(({ embeddings }) => (isObject(embeddings) ? embeddings : {}));
  const tokens = found.reduce((sum, { statistics }) => sum + countIn(statistics), 0);
  const vectors = found.map(({ values }) => values);
  return vectorList(vectors, tokens, asked);
}

const countIn = (statistics: unknown): number =>
  (isObject(statistics) && asNumber(statistics.token_count)) || 0;

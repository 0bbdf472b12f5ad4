import type { Call } from '../../../../core/contracts/index.ts';
import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { textsOf, vectorList } from './openai-embeddings.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, ':batchEmbedContents', '/embeddings');

/** Texts to embed, for providers that only have the Gemini API. */
export const embeddingsToBatch: Translator = {
  request,
  answer,
  events: () => (event) => [event],
};

function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  const model = `models/${asText(members.take('model'))}`;
  const dimensions = members.take('dimensions');
  const requests = textsOf(members.take('input'), cannotSay).map((text) => ({
    model,
    content: { parts: [{ text }] },
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
  }));
  members.take('encoding_format');
  members.drop(['user']);
  members.end(cannotSay, () => false);
  return { requests };
}

function answer(body: unknown, asked?: Call): unknown {
  if (!isObject(body) || !Array.isArray(body.embeddings)) return body;
  const { promptTokenCount: tokens = 0 } = isObject(body.usageMetadata) ? body.usageMetadata : {};
  const vectors = objectsOf(body.embeddings).map(({ values }) => values);
  return vectorList(vectors, tokens, asked);
}

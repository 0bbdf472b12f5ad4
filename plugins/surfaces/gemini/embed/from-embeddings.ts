import type { Call, Translation } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, parse, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { base64Of } from '../../../../kits/dialect-kit/vectors.ts';
import { batchEmbedPath } from '../paths.ts';

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, ':batchEmbedContents', '/embeddings');

/** Texts to embed, for providers that only have the Gemini API. */
export const embeddingsToBatch: Translation = {
  name: 'embeddings-to-gemini-embeddings',
  from: 'embeddings',
  to: 'gemini-embeddings',
  path: batchEmbedPath,
  remembers: ['encoding_format'],
  request,
  answer,
  events: () => (event) => [event],
};

function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
  const model = `models/${String(members.take('model'))}`;
  const dimensions = members.take('dimensions');
  const requests = textsOf(members.take('input')).map((text) => ({
    model,
    content: { parts: [{ text }] },
    ...(dimensions !== undefined && { outputDimensionality: dimensions }),
  }));
  members.take('encoding_format');
  members.drop(['user']);
  members.end(cannotSay, () => false);
  return { requests };
}

function textsOf(input: unknown): unknown[] {
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  return texts.length > 0 && texts.every((text) => typeof text === 'string')
    ? texts
    : cannotSay('input', input);
}

/** OpenAI's own SDKs ask for base64. */
function answer(body: unknown, asked?: Call): unknown {
  if (!isObject(body) || !Array.isArray(body.embeddings)) return body;
  const said = asked && parse(asked.raw.toString());
  const isPacked = isObject(said) && said.encoding_format === 'base64';
  const { promptTokenCount: tokens = 0 } = isObject(body.usageMetadata) ? body.usageMetadata : {};
  return {
    object: 'list',
    data: objectsOf(body.embeddings).map(({ values }, index) => ({
      object: 'embedding',
      index,
      embedding: isPacked && Array.isArray(values) ? base64Of(values.map(Number)) : values,
    })),
    model: asked?.model ?? '',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import type { Members } from '../../../../kits/dialect-kit/members.ts';
import { cannotSay } from './refuse.ts';
import { jsonSchema } from './schema.ts';
import { thinkingConfig } from './thinking-config.ts';
import { rowOf } from '../../../../wire/row-of.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** Members with another name and the same meaning. */
const SAME: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  top_p: 'topP',
  top_k: 'topK',
  seed: 'seed',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
};

/** How the answer is generated, and in which form it comes. @param thinking as Google's own chat API takes it */
export function generationConfig(members: Members, model: string, thinking: unknown): Json {
  const config: Json = {};
  for (const [name, own] of Object.entries(SAME)) {
    const value = members.take(name);
    if (value !== undefined) config[own] = value;
  }
  const limits = [members.take('max_completion_tokens'), members.take('max_tokens')];
  const limit = limits.find((one) => one !== undefined);
  if (limit !== undefined) config.maxOutputTokens = limit;
  const stop = members.take('stop');
  if (stop !== undefined) config.stopSequences = typeof stop === 'string' ? [stop] : stop;
  const candidates = members.take('n');
  if (candidates !== undefined && candidates !== 1) config.candidateCount = candidates;
  return {
    ...config,
    ...logprobs(members),
    ...responseFormat(members),
    ...modalities(members),
    ...thinkingConfig(members, model, thinking),
  };
}

function logprobs(members: Members): Json {
  const [wanted, count] = [members.take('logprobs'), members.take('top_logprobs')];
  if (wanted !== true) return {};
  return { responseLogprobs: true, ...(typeof count === 'number' && count > 0 && { logprobs: count }) };
}

function responseFormat(members: Members): Json {
  const format = members.take('response_format');
  if (format === undefined || (isObject(format) && format.type === 'text')) return {};
  if (isObject(format) && format.type === 'json_object') return { responseMimeType: 'application/json' };
  const schema = isObject(format) && isObject(format.json_schema) ? format.json_schema.schema : undefined;
  if (!isObject(schema)) return cannotSay('response_format', format);
  return {
    responseMimeType: 'application/json',
    responseJsonSchema: jsonSchema(schema, 'response_format', members),
  };
}

const MODALITIES: Readonly<Record<string, string>> = { text: 'TEXT', image: 'IMAGE', audio: 'AUDIO' };

function modalities(members: Members): Json {
  const wanted = members.take('modalities');
  if (wanted === undefined) return {};
  if (!Array.isArray(wanted)) return cannotSay('modalities', wanted);
  if (wanted.every((kind) => kind === 'text')) return {};
  return {
    responseModalities: wanted.map(
      (kind) => rowOf(MODALITIES, asText(kind)) ?? cannotSay('modalities', kind),
    ),
  };
}

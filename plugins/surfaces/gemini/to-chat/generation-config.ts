import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { outputLimit } from '../../../../kits/dialect-kit/output-limit.ts';
import { camelled } from '../camel.ts';
import { reasoningEffort } from './reasoning.ts';
import { cannotSay as cannot } from './refuse.ts';
import { jsonSchema } from './schema.ts';

/** Members with another name and the same meaning. */
const SAME: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  topP: 'top_p',
  seed: 'seed',
  presencePenalty: 'presence_penalty',
  frequencyPenalty: 'frequency_penalty',
};
/** Hints that most chat servers refuse, and the resolution of pictures. */
const DROPPED = ['topK', 'mediaResolution', 'audioTimestamp', 'routingConfig', 'modelSelectionConfig'];

const cannotSay = (member: string, value: unknown): never => cannot(`generationConfig.${member}`, value);

/** @param dropped takes the names of what is left out */
export function generationOptions(given: Json, model: unknown, dropped: string[]): Json {
  const members = new Members(camelled(given), dropped);
  const chat: Json = {};
  for (const [name, own] of Object.entries(SAME)) {
    const value = members.take(name);
    if (value !== undefined) chat[own] = value;
  }
  Object.assign(chat, outputLimit(model, members.take('maxOutputTokens')));
  const stop = members.take('stopSequences');
  if (Array.isArray(stop) && stop.length > 0) chat.stop = stop;
  const candidates = members.take('candidateCount');
  if (candidates !== undefined && candidates !== 1) chat.n = candidates;
  const effort = reasoningEffort(members.take('thinkingConfig'), members);
  if (effort !== undefined) chat.reasoning_effort = effort;
  Object.assign(chat, logprobs(members), responseFormat(members), modalities(members));
  members.drop(DROPPED);
  members.end(cannotSay, () => false);
  return chat;
}

function logprobs(members: Members): Json {
  const [wanted, count] = [members.take('responseLogprobs'), members.take('logprobs')];
  if (wanted !== true) return {};
  return { logprobs: true, ...(typeof count === 'number' && { top_logprobs: count }) };
}

function responseFormat(members: Members): Json {
  const type = members.take('responseMimeType') ?? 'text/plain';
  const full = members.take('responseJsonSchema');
  const given = members.take('responseSchema');
  if (type === 'text/plain') return {};
  if (type !== 'application/json') return cannotSay('responseMimeType', type);
  const schema = full ?? (isObject(given) ? jsonSchema(given) : given);
  if (schema === undefined) return { response_format: { type: 'json_object' } };
  if (!isObject(schema)) return cannotSay('responseSchema', schema);
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } };
}

function modalities(members: Members): Json {
  const wanted = members.take('responseModalities');
  if (wanted === undefined) return {};
  if (!Array.isArray(wanted)) return cannotSay('responseModalities', wanted);
  const kinds = wanted.map((kind) => stringOf(kind).toLowerCase());
  if (kinds.every((kind) => kind === 'text')) return {};
  if (kinds.includes('audio')) return cannotSay('responseModalities', wanted);
  return { modalities: kinds };
}

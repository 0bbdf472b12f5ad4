import { onlyAllowedTools } from '../../../../kits/dialect-kit/allowed-tools.ts';
import { asksNothing, WISHES } from '../../../../kits/dialect-kit/chat-wishes.ts';
import { isJsonMode, jsonOnly } from '../../../../kits/dialect-kit/json-mode.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { claudeAnswer } from '../../../../kits/dialect-kit/schema/claude.ts';
import { conversation } from './messages.ts';
import { addField } from './model-fields.ts';
import { reasoning } from './reasoning.ts';
import { cannotSay } from './refuse.ts';
import { toolConfig } from './tools.ts';

/** Members of this API that callers may send beside a chat's. */
const OWN = [
  'guardrailConfig',
  'performanceConfig',
  'requestMetadata',
  'promptVariables',
  'additionalModelRequestFields',
  'additionalModelResponseFieldPaths',
];
const TIERS = new Set<unknown>(['default', 'flex', 'priority', 'reserved']);

/** @throws GatewayError `not_translatable` naming the member that the Converse API lacks */
export function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(onlyAllowedTools(body), dropped);
  // The path names the model, and whether it streams. The tokens of a stream are counted in any case.
  for (const name of ['model', 'stream', 'stream_options']) members.take(name);
  const model = stringOf(body.model);
  const asked: Json = conversation(members);
  members.move(OWN, asked);
  const config = inferenceConfig(members);
  if (Object.keys(config).length > 0) asked.inferenceConfig = config;
  Object.assign(asked, toolConfig(members, asked.messages as Json[], model));
  Object.assign(asked, outputConfig(members, model, asked), serviceTier(members));
  topK(members, model, asked);
  reasoning(members, model, asked);
  // A seed is a hint, too.
  members.drop(['seed', 'user', 'safety_identifier', ...WISHES]);
  members.end(cannotSay, asksNothing);
  return asked;
}

function inferenceConfig(members: Members): Json {
  const config: Json = {};
  const limits = [members.take('max_completion_tokens'), members.take('max_tokens')];
  const limit = limits.find((one) => one !== undefined);
  if (limit !== undefined) config.maxTokens = limit;
  const [temperature, topP, stop] = ['temperature', 'top_p', 'stop'].map((name) => members.take(name));
  if (temperature !== undefined) config.temperature = warmth(temperature);
  if (topP !== undefined) config.topP = topP;
  if (stop !== undefined) config.stopSequences = typeof stop === 'string' ? [stop] : stop;
  return config;
}

/** The API takes no more than 1. */
const warmth = (temperature: unknown): unknown =>
  typeof temperature === 'number' && temperature > 1 ? cannotSay('temperature', temperature) : temperature;

/** Where the form cannot be enforced, the prompt asks for it. */
function outputConfig(members: Members, model: string, { system }: Json): Json {
  const format = members.take('response_format');
  if (format === undefined || (isObject(format) && format.type === 'text')) return {};
  const { schema, name, description } =
    isObject(format) && isObject(format.json_schema) ? format.json_schema : {};
  if (!isObject(schema) && !isJsonMode(format)) return cannotSay('response_format', format);
  const own = isObject(schema) ? claudeAnswer(schema, model, members) : undefined;
  if (!own) {
    members.dropped('response_format');
    return { system: [...objectsOf(system), { text: jsonOnly(isObject(schema) ? schema : undefined) }] };
  }
  const jsonSchema = {
    schema: JSON.stringify(own),
    ...(typeof name === 'string' && { name }),
    ...(typeof description === 'string' && { description }),
  };
  return { outputConfig: { textFormat: { type: 'json_schema', structure: { jsonSchema } } } };
}

function serviceTier(members: Members): Json {
  const tier = members.take('service_tier');
  if (TIERS.has(tier)) return { serviceTier: { type: tier } };
  if (tier !== undefined && tier !== 'auto') members.dropped('service_tier');
  return {};
}

/** Each vendor's models have their own place for it. */
function topK(members: Members, model: string, asked: Json): void {
  const value = members.take('top_k');
  if (value === undefined) return;
  if (model.includes('claude')) addField(asked, 'top_k', value);
  else if (model.includes('nova')) addField(asked, 'inferenceConfig', { topK: value });
  else cannotSay('top_k', value);
}

import { onlyAllowedTools } from '../../../../kits/dialect-kit/allowed-tools.ts';
import { asksNothing, WISHES } from '../../../../kits/dialect-kit/chat-wishes.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { fitted } from '../../../../kits/dialect-kit/schema/fitted.ts';
import { COHERE } from '../../../../kits/dialect-kit/schema/limits.ts';
import { cohereMessages } from './messages.ts';
import { cannotSay } from './refuse.ts';
import { toolsOf } from './tools.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** Members that are the same in both APIs, and those of Cohere's that callers may send. */
const SAME = [
  'model',
  'stream',
  'temperature',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
  'documents',
  'citation_options',
  'safety_mode',
  'thinking',
  'strict_tools',
  'priority',
];
/** Members with another name. */
const OTHER: Readonly<Record<string, string>> = {
  max_completion_tokens: 'max_tokens',
  max_tokens: 'max_tokens',
  top_p: 'p',
  top_k: 'k',
};
/** Metadata of the caller, beside the hints that every API may ignore. */
const NOTES = ['user', 'safety_identifier'];
/** the token budget of each effort; undefined: the model decides */
const BUDGETS: Readonly<Record<string, number | undefined>> = {
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: undefined,
  xhigh: undefined,
  max: undefined,
};

/** @throws GatewayError `not_translatable` naming the member that Cohere's API lacks */
export function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(onlyAllowedTools(body), dropped);
  const asked: Json = {};
  members.move(SAME, asked);
  for (const [name, own] of Object.entries(OTHER)) {
    const value = members.take(name);
    if (value !== undefined) asked[own] ??= value;
  }
  asked.messages = cohereMessages(members.take('messages'), dropped);
  const stop = members.take('stop');
  if (stop !== undefined) asked.stop_sequences = Array.isArray(stop) ? stop : [stop];
  Object.assign(asked, toolsOf(members), formatOf(members));
  const effort = members.take('reasoning_effort');
  if (effort !== undefined && asked.thinking === undefined) asked.thinking = thinkingOf(effort);
  // Each of its streams counts tokens.
  members.take('stream_options');
  if (members.take('parallel_tool_calls') === false) members.dropped('parallel_tool_calls');
  members.drop([...WISHES, ...NOTES]);
  members.end(cannotSay, asksNothing);
  return asked;
}

function thinkingOf(effort: unknown): Json {
  const word = asText(effort);
  if (word === 'none') return { type: 'disabled' };
  if (!Object.hasOwn(BUDGETS, word)) return cannotSay('reasoning_effort', effort);
  const budget = BUDGETS[word];
  return { type: 'enabled', ...(budget !== undefined && { token_budget: budget }) };
}

function formatOf(members: Members): Json {
  const format = members.take('response_format');
  if (format === undefined) return {};
  const { type, json_schema: described } = isObject(format) ? format : { type: format };
  if (type === 'text') return {};
  if (type === 'json_object') return { response_format: { type } };
  if (type !== 'json_schema' || !isObject(described) || !isObject(described.schema))
    return cannotSay('response_format', format);
  const left = (keyword: string): void => members.dropped(`response_format.${keyword}`);
  return { response_format: { type: 'json_object', json_schema: fitted(described.schema, COHERE, left) } };
}

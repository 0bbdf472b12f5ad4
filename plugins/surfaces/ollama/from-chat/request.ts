import { onlyAllowedTools } from '../../../../kits/dialect-kit/allowed-tools.ts';
import { asksNothing, WISHES } from '../../../../kits/dialect-kit/chat-wishes.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { ollamaMessages } from './messages.ts';
import { optionsOf } from './options.ts';
import { cannotSay } from './refuse.ts';
import { toolsOf } from './tools.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** Members that are the same in both APIs, and those of Ollama's that callers may send. */
const SAME = ['model', 'logprobs', 'top_logprobs', 'keep_alive', 'think', 'truncate', 'shift', 'format'];
/** Metadata of the caller, beside the hints that every API may ignore. */
const NOTES = ['user', 'safety_identifier'];

const THINK: Readonly<Record<string, unknown>> = {
  none: false,
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'max',
  max: 'max',
};

/** @throws GatewayError `not_translatable` naming the member that Ollama's API lacks */
export function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(onlyAllowedTools(body), dropped);
  const asked: Json = {};
  members.move(SAME, asked);
  asked.messages = ollamaMessages(members.take('messages'), dropped);
  asked.stream = members.take('stream') === true;
  Object.assign(asked, optionsOf(members), toolsOf(members));
  asked.think ??= thinkOf(members.take('reasoning_effort'));
  asked.format ??= formatOf(members.take('response_format'));
  // Each of its streams counts tokens.
  members.take('stream_options');
  members.drop([...WISHES, ...NOTES]);
  // Whether several tools may be called at once cannot be said.
  if (members.take('parallel_tool_calls') === false) members.dropped('parallel_tool_calls');
  members.end(cannotSay, asksNothing);
  return asked;
}

function thinkOf(effort: unknown): unknown {
  if (effort === undefined) return undefined;
  const word = asText(effort);
  return Object.hasOwn(THINK, word) ? THINK[word] : cannotSay('reasoning_effort', effort);
}

function formatOf(format: unknown): unknown {
  if (format === undefined) return undefined;
  const { type, json_schema: described } = isObject(format) ? format : { type: format };
  if (type === 'text') return undefined;
  if (type === 'json_object') return 'json';
  if (type === 'json_schema' && isObject(described) && described.schema) return described.schema;
  return cannotSay('response_format', format);
}

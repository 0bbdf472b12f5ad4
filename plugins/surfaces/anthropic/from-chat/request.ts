import { onlyAllowedTools } from '../../../../kits/dialect-kit/allowed-tools.ts';
import { asksNothing, WISHES } from '../../../../kits/dialect-kit/chat-wishes.ts';
import { isJsonMode, jsonOnly } from '../../../../kits/dialect-kit/json-mode.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { claudeAnswer } from '../../../../kits/dialect-kit/schema/claude.ts';
import { anthropicMessages } from './messages.ts';
import { longestAnswer } from '../../../../kits/dialect-kit/claude-models.ts';
import { thinkingOf } from './reasoning.ts';
import { cannotSay } from './refuse.ts';
import { toolChoice, tools } from './tools.ts';

/** Members that are the same in both APIs, and those of Anthropic's API that callers may send. */
const SAME = [
  'model',
  'top_p',
  'top_k',
  'stream',
  'thinking',
  'output_config',
  'cache_control',
  'context_management',
];
/** A seed is a hint, too. */
const LEFT_OUT = ['seed', ...WISHES];

/** @throws GatewayError `not_translatable` naming the member that Anthropic's API lacks */
export function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(onlyAllowedTools(body), dropped);
  const asked: Json = {};
  members.move(SAME, asked);
  Object.assign(asked, anthropicMessages(members));
  const limits = [members.take('max_completion_tokens'), members.take('max_tokens')];
  asked.max_tokens = limits.find((limit) => limit !== undefined) ?? longestAnswer(stringOf(body.model));
  const stop = members.take('stop');
  if (stop !== undefined) asked.stop_sequences = typeof stop === 'string' ? [stop] : stop;
  const user = members.take('safety_identifier') ?? members.take('user');
  members.take('user');
  if (user !== undefined) asked.metadata = { user_id: user };
  Object.assign(asked, warmth(members), tools(members));
  Object.assign(asked, toolChoice(members, asked.tools !== undefined), responseFormat(members, asked));
  Object.assign(asked, thinkingOf(members.take('reasoning_effort'), asked, members));
  // The tokens of a stream are counted in any case.
  members.take('stream_options');
  members.drop(LEFT_OUT);
  members.end(cannotSay, asksNothing);
  return asked;
}

/** Anthropic's API takes no more than 1. */
function warmth(members: Members): Json {
  const temperature = members.take('temperature');
  if (temperature === undefined) return {};
  return typeof temperature === 'number' && temperature > 1
    ? cannotSay('temperature', temperature)
    : { temperature };
}

/** Where the form cannot be enforced, the prompt asks for it. */
function responseFormat(members: Members, { model, output_config: config, system }: Json): Json {
  const format = members.take('response_format');
  if (format === undefined || (isObject(format) && format.type === 'text')) return {};
  const schema = isObject(format) && isObject(format.json_schema) ? format.json_schema.schema : undefined;
  if (!isObject(schema) && !isJsonMode(format)) return cannotSay('response_format', format);
  const own = isObject(schema) ? claudeAnswer(schema, stringOf(model), members) : undefined;
  if (own)
    return {
      output_config: { ...(isObject(config) && config), format: { type: 'json_schema', schema: own } },
    };
  members.dropped('response_format');
  const text = jsonOnly(isObject(schema) ? schema : undefined);
  return { system: [...objectsOf(system), { type: 'text', text }] };
}

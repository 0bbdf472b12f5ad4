import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { anthropicMessages } from './messages.ts';
import { longestAnswer } from './models.ts';
import { thinkingOf } from './reasoning.ts';
import { cannotSay } from './refuse.ts';
import { toolChoice, tools } from './tools.ts';

/** Said the same in both APIs, or taken by Anthropic's own API and sent by callers that know it. */
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
/** Wishes and notes: about luck, caches, bills and records. */
const DROPPED = [
  'seed',
  'service_tier',
  'metadata',
  'store',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'verbosity',
];
/** Values that ask for nothing. */
const NOTHING: Readonly<Record<string, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  logprobs: (value) => value === false,
  top_logprobs: (value) => value === 0,
  presence_penalty: (value) => value === 0,
  frequency_penalty: (value) => value === 0,
  logit_bias: (value) => isObject(value) && Object.keys(value).length === 0,
  modalities: (value) => Array.isArray(value) && value.every((kind) => kind === 'text'),
  functions: (value) => Array.isArray(value) && value.length === 0,
  function_call: (value) => value === 'auto' || value === 'none',
};

/** @throws GatewayError `not_translatable` naming what Anthropic's API cannot say */
export function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(body, dropped);
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
  Object.assign(asked, warmth(members), tools(members), toolChoice(members), responseFormat(members, asked));
  Object.assign(asked, thinkingOf(members.take('reasoning_effort'), asked, members));
  // The tokens of a stream are counted in any case.
  members.take('stream_options');
  members.drop(DROPPED);
  members.end(cannotSay, (name, value) => NOTHING[name]?.(value) === true);
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

function responseFormat(members: Members, { output_config: config }: Json): Json {
  const format = members.take('response_format');
  if (format === undefined || (isObject(format) && format.type === 'text')) return {};
  const schema = isObject(format) && isObject(format.json_schema) ? format.json_schema.schema : undefined;
  if (!isObject(schema)) return cannotSay('response_format', format);
  return { output_config: { ...(isObject(config) ? config : {}), format: { type: 'json_schema', schema } } };
}

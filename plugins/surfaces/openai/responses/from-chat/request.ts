import { asReasonerTakes } from '../../../../../kits/dialect-kit/openai-reasoning.ts';
import { asksNothing } from '../../../../../kits/dialect-kit/chat-wishes.ts';
import { isObject, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../../kits/dialect-kit/members.ts';
import { isNewModel } from '../../../../../kits/dialect-kit/output-limit.ts';
import { inputOf } from './input.ts';
import { cannotSay } from './refuse.ts';
import { toolsOf } from './tools.ts';

/** Members that are the same in both APIs. */
const SAME = [
  'model',
  'temperature',
  'top_p',
  'stream',
  'parallel_tool_calls',
  'metadata',
  'service_tier',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
];
/** Hints: the seed, and the expected answer. */
const DROPPED = ['seed', 'prediction'];
/** The least that OpenAI's API takes. */
const SHORTEST = 16;

/** @throws GatewayError `not_translatable` naming the member that the Responses API lacks */
export function request(body: Json, dropped: string[] = []): Json {
  const taken = asReasonerTakes(body, (name) => void (dropped.includes(name) || dropped.push(name)));
  const members = new Members(taken, dropped);
  const asked: Json = {};
  members.move(SAME, asked);
  Object.assign(asked, inputOf(members), toolsOf(members));
  const limits = [members.take('max_completion_tokens'), members.take('max_tokens')];
  const limit = limits.find((one) => one !== undefined);
  if (limit !== undefined)
    asked.max_output_tokens = typeof limit === 'number' ? Math.max(SHORTEST, limit) : limit;
  const effort = members.take('reasoning_effort');
  if (effort !== undefined) asked.reasoning = { effort };
  Object.assign(asked, textOf(members));
  // A chat is not stored unless it asks for that.
  asked.store = members.take('store') ?? false;
  Object.assign(asked, includeOf(members, asked));
  // The tokens of a stream are counted in any case.
  members.take('stream_options');
  members.drop(DROPPED);
  members.end(
    cannotSay,
    (name, value) => asksNothing(name, value) || (Array.isArray(value) && value.length === 0),
  );
  return asked;
}

function textOf(members: Members): Json {
  const format = members.take('response_format');
  const verbosity = members.take('verbosity');
  const text = {
    ...(format !== undefined && { format: formatOf(format) }),
    ...(verbosity !== undefined && { verbosity }),
  };
  return Object.keys(text).length > 0 ? { text } : {};
}

function formatOf(format: unknown): Json {
  if (!isObject(format)) return cannotSay('response_format', format);
  const { type, json_schema: schema } = format;
  if (type === 'json_schema' && isObject(schema)) return { type, ...schema };
  return type === 'text' || type === 'json_object' ? { type } : cannotSay('response_format', format);
}

/** Where the response is not stored, its sealed reasoning is requested; models that do not reason refuse that. */
function includeOf(members: Members, { model, store }: Json): Json {
  const logprobs = members.take('logprobs');
  const most = members.take('top_logprobs');
  const include = [
    ...(store === false && isNewModel(model) ? ['reasoning.encrypted_content'] : []),
    ...(logprobs === true ? ['message.output_text.logprobs'] : []),
  ];
  return {
    ...(include.length > 0 && { include }),
    ...(logprobs === true && typeof most === 'number' && { top_logprobs: most }),
  };
}

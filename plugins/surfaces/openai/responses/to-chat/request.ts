import { isObject, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../../kits/dialect-kit/members.ts';
import { outputLimit } from '../../../../../kits/dialect-kit/output-limit.ts';
import { chatMessages } from './messages.ts';
import { cannotSay } from './refuse.ts';
import { chatTools } from './tools.ts';

/** Said the same in both APIs. */
const SAME = [
  'model',
  'temperature',
  'top_p',
  'stream',
  'presence_penalty',
  'frequency_penalty',
  'stop',
  'seed',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
];
/** Wishes and notes: about records, what a provider's own tools may do, and how a context is kept short. */
const DROPPED = [
  'metadata',
  'client_metadata',
  'truncation',
  'max_tool_calls',
  'context_management',
  'prompt_cache_options',
];
/** What the gateway itself does: it keeps responses, and pads no events. */
const OWN = ['store', 'stream_options'];
/** Values that ask for nothing. */
const NOTHING: Readonly<Record<string, (value: unknown) => boolean>> = {
  background: (value) => value === false,
};
const LOGPROBS = 'message.output_text.logprobs';
const ENCRYPTED = 'reasoning.encrypted_content';

/** @throws GatewayError `not_translatable` naming what chat completions cannot say */
export function request(body: Json, dropped: string[] = []): Json {
  const members = new Members(withoutDefaults(body), dropped);
  const chat: Json = {};
  members.move(SAME, chat);
  chat.messages = chatMessages(members, body.model);
  Object.assign(chat, outputLimit(body.model, members.take('max_output_tokens')));
  Object.assign(chat, chatTools(members), textOf(members), effortOf(members), logprobsOf(members));
  members.move(['service_tier'], chat);
  for (const name of OWN) members.take(name);
  members.drop(DROPPED);
  members.end(
    cannotSay,
    (name, value) => NOTHING[name]?.(value) === true || (Array.isArray(value) && value.length === 0),
  );
  return chat;
}

/** Clients write out what holds anyway. */
function withoutDefaults(body: Json): Json {
  const { truncation, service_tier: tier, metadata, ...rest } = body;
  return {
    ...rest,
    ...(truncation !== 'disabled' && { truncation }),
    ...(tier !== 'auto' && tier !== 'default' && { service_tier: tier }),
    ...(isObject(metadata) && Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** The form of the answer, and how long-winded it is. */
function textOf(members: Members): Json {
  const given = members.take('text');
  const { format, verbosity, ...others } = isObject(given) ? given : {};
  for (const [name, value] of Object.entries(others)) if (value !== null) cannotSay(`text.${name}`, value);
  return { ...(typeof verbosity === 'string' && { verbosity }), ...responseFormat(format) };
}

function responseFormat(format: unknown): Json {
  if (format === undefined || format === null) return {};
  const { type, ...schema } = isObject(format) ? format : { type: format };
  if (type === 'text') return {};
  if (type === 'json_object') return { response_format: { type } };
  if (type !== 'json_schema') return cannotSay('text.format', format);
  const said = Object.entries(schema).filter(([, value]) => value !== null);
  return { response_format: { type, json_schema: Object.fromEntries(said) } };
}

/** How hard the model is to think. That its thoughts are shown is not asked for in chat. */
function effortOf(members: Members): Json {
  const given = members.take('reasoning');
  const { effort, summary: _summary, generate_summary: _old, ...others } = isObject(given) ? given : {};
  for (const [name, value] of Object.entries(others))
    if (value !== null) members.dropped(`reasoning.${name}`);
  return typeof effort === 'string' ? { reasoning_effort: effort } : {};
}

function logprobsOf(members: Members): Json {
  const include = members.take('include');
  const most = members.take('top_logprobs');
  if (include !== undefined && !Array.isArray(include)) return cannotSay('include', include);
  for (const wish of (include ?? []) as unknown[])
    if (wish !== LOGPROBS && wish !== ENCRYPTED) members.dropped(`include.${String(wish)}`);
  if (include?.includes(LOGPROBS) !== true) return {};
  return { logprobs: true, ...(typeof most === 'number' && most > 0 && { top_logprobs: most }) };
}

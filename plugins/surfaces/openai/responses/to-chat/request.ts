import { asReasonerTakes } from '../../../../../kits/dialect-kit/openai-reasoning.ts';
import { GatewayError } from '../../../../../core/errors.ts';
import { isObject, type Json } from '../../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../../kits/dialect-kit/members.ts';
import { outputLimit } from '../../../../../kits/dialect-kit/output-limit.ts';
import { chatMessages } from './messages.ts';
import { cannotSay } from './refuse.ts';
import { chatTools } from './tools.ts';
import { rowOf } from '../../../../../wire/row-of.ts';
import { asText } from '../../../../../kits/dialect-kit/as-text.ts';

/** Members that are the same in both APIs. */
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
/** Hints and metadata: records, what a provider's own tools may do, how a context is kept short. */
const DROPPED = [
  'metadata',
  'client_metadata',
  'truncation',
  'max_tool_calls',
  'context_management',
  'prompt_cache_options',
];
/** Members that the gateway itself acts on: it keeps responses, and pads no events. */
const OWN = ['store', 'stream_options'];
/** Values that have no effect. */
const NOTHING: Readonly<Record<string, (value: unknown) => boolean>> = {
  background: (value) => value === false,
};
const LOGPROBS = 'message.output_text.logprobs';
const ENCRYPTED = 'reasoning.encrypted_content';

/** @throws GatewayError `not_translatable` naming the member that chat completions lack */
export function request(body: Json, dropped: string[] = [], goesOn = false): Json {
  mustBeRight(body);
  const members = new Members(withoutDefaults(body), dropped, goesOn);
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
    (name, value) => rowOf(NOTHING, name)?.(value) === true || (Array.isArray(value) && value.length === 0),
  );
  return asReasonerTakes(chat, (name) => members.dropped(name));
}

/** Types of members that no provider checks, because they are left out or acted on here. */
const KINDS: Readonly<Record<string, readonly [words: string, is: (value: unknown) => boolean]>> = {
  store: ['true or false', (value) => typeof value === 'boolean'],
  stream_options: ['an object', isObject],
  metadata: ['an object', isObject],
  client_metadata: ['an object', isObject],
  truncation: ["'auto' or 'disabled'", (value) => value === 'auto' || value === 'disabled'],
  max_tool_calls: ['a whole number', Number.isInteger],
  prompt_cache_options: ['an object', isObject],
  context_management: ['a list', Array.isArray],
};

/** @throws GatewayError `invalid_request` */
function mustBeRight(body: Json): void {
  for (const [param, [words, is]] of Object.entries(KINDS)) {
    const value = body[param] ?? undefined;
    if (value === undefined || is(value)) continue;
    const given = JSON.stringify(value).slice(0, 100);
    throw new GatewayError('invalid_request', `'${param}' must be ${words}; it is ${given}`, { param });
  }
}

/** Drops members with their default value, which clients send. */
function withoutDefaults(body: Json): Json {
  const { truncation, service_tier: tier, metadata, ...rest } = body;
  return {
    ...rest,
    ...(truncation !== 'disabled' && { truncation }),
    ...(tier !== 'auto' && tier !== 'default' && { service_tier: tier }),
    ...(isObject(metadata) && Object.keys(metadata).length > 0 && { metadata }),
  };
}

/** The format of the answer, and its verbosity. */
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

/** The reasoning effort. Chat needs no request for the reasoning text. */
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
    if (wish !== LOGPROBS && wish !== ENCRYPTED) members.dropped(`include.${asText(wish)}`);
  if (include?.includes(LOGPROBS) !== true) return {};
  return { logprobs: true, ...(typeof most === 'number' && most > 0 && { top_logprobs: most }) };
}

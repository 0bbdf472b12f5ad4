import { asReasonerTakes } from '../../../../kits/dialect-kit/openai-reasoning.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { Members } from '../../../../kits/dialect-kit/members.ts';
import { outputLimit } from '../../../../kits/dialect-kit/output-limit.ts';
import { mayBeStrict } from '../../../../kits/dialect-kit/schema/strict.ts';
import { chatMessages } from './messages.ts';
import { reasoningEffort } from './reasoning.ts';
import { cannotSay } from './refuse.ts';
import { chatToolChoice, chatTools } from './tools.ts';

/** Members that are the same in both APIs. */
const SAME = ['model', 'temperature', 'top_p', 'stream'];
/** Hints and metadata: caches, billing, how a context is kept short. */
const DROPPED = ['metadata', 'cache_control', 'context_management', 'service_tier', 'speed', 'diagnostics'];

/** @throws GatewayError `not_translatable` naming the member that chat completions lack */
export function request(body: Json, dropped: string[] = [], goesOn = false): Json {
  const members = new Members(body, dropped, goesOn);
  const chat: Json = {};
  members.move(SAME, chat);
  // Chat lacks it, and the API that the chat is translated to may have it.
  if (goesOn) members.move(['top_k'], chat);
  chat.messages = chatMessages(members);
  Object.assign(chat, outputLimit(body.model, members.take('max_tokens')));
  const stop = members.take('stop_sequences');
  if (stop !== undefined && !Array.isArray(stop)) cannotSay('stop_sequences', stop);
  if (Array.isArray(stop) && stop.length > 0) chat.stop = stop;
  Object.assign(chat, chatTools(members, body.model));
  Object.assign(
    chat,
    chatToolChoice(members.take('tool_choice'), chat.tools !== undefined),
    outputOf(members, body.model),
  );
  members.drop(DROPPED);
  members.end(cannotSay, (_name, value) => Array.isArray(value) && value.length === 0);
  return asReasonerTakes(chat, (name) => members.dropped(name));
}

/** How much is thought, and the form of the answer. */
function outputOf(members: Members, model: unknown): Json {
  const config = members.take('output_config');
  const { effort, format, ...others } = isObject(config) ? config : {};
  for (const [name, value] of Object.entries(others)) cannotSay(`output_config.${name}`, value);
  const reasoning_effort = reasoningEffort(members.take('thinking'), effort);
  const response_format = responseFormat(format ?? members.take('output_format'), model, members);
  return { ...(reasoning_effort && { reasoning_effort }), ...(response_format && { response_format }) };
}

/** A schema that OpenAI would refuse as strict still describes the answer. */
function responseFormat(format: unknown, model: unknown, members: Members): Json | undefined {
  if (format === undefined || format === null) return undefined;
  if (!isObject(format) || format.type !== 'json_schema') return cannotSay('output_config.format', format);
  const { schema } = format;
  const strict = members.goesOn || mayBeStrict(schema, model);
  if (!strict) members.dropped('output_config.format.strict');
  return { type: 'json_schema', json_schema: { name: 'answer', schema, ...(strict && { strict }) } };
}

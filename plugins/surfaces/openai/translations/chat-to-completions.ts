import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { isObject, type Json } from '../../../../kits/dialect-kit/json.ts';
import { messageAnswer, messageEvents } from './text-to-message.ts';
import { transcript } from './transcript.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';

/** A conversation as a plain transcript, for providers that only have completions. */
export const chatToCompletions: Translator = {
  request,
  answer: messageAnswer,
  events: messageEvents,
};

/** Members without a counterpart, and their values that have no effect. */
const WITHOUT_COUNTERPART: Readonly<Record<string, (value: unknown) => boolean>> = {
  tools: isEmptyList,
  functions: isEmptyList,
  response_format: (value) => isObject(value) && value.type === 'text',
  modalities: (value) => Array.isArray(value) && value.every((kind) => kind === 'text'),
  audio: () => false,
  prediction: () => false,
  web_search_options: () => false,
  logprobs: (value) => value === false,
};

/** Have no effect where their companion above is not set. */
const COMPANIONS = ['tool_choice', 'parallel_tool_calls', 'function_call', 'top_logprobs'];

function request({ messages, max_completion_tokens: limit, ...rest }: Json): Json {
  const body: Json = { ...rest, prompt: transcript(messages) };
  for (const [member, asksNothing] of Object.entries(WITHOUT_COUNTERPART)) {
    const value = body[member];
    if (value !== undefined && value !== null && !asksNothing(value))
      refuse(member, value, '/completions', '/chat/completions');
    delete body[member];
  }
  for (const member of COMPANIONS) delete body[member];
  if (limit !== undefined && limit !== null && (body.max_tokens === undefined || body.max_tokens === null)) {
    body.max_tokens = limit;
  }
  return body;
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

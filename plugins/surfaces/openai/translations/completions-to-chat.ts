import type { SseEvent } from '../../../../core/contracts/index.ts';
import type { Translator } from '../../../../kits/dialect-kit/lazily.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textOf } from '../../../../kits/dialect-kit/text-of.ts';
import { refuse } from '../../../../kits/dialect-kit/refuse.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** A prompt as one user message, for providers that only have chat. */
export const completionsToChat: Translator = {
  request,
  answer,
  events: () => event,
};

function request({ prompt, suffix, echo, best_of, logprobs, ...rest }: Json): Json {
  if (suffix !== undefined && suffix !== null && suffix !== '') cannotSay('suffix', suffix);
  if (echo === true) cannotSay('echo', echo);
  if (typeof best_of === 'number' && best_of > asNumber(rest.n ?? 1)) cannotSay('best_of', best_of);
  if (logprobs !== undefined && logprobs !== null && logprobs !== false) cannotSay('logprobs', logprobs);
  return { ...rest, messages: [{ role: 'user', content: promptText(prompt) }] };
}

function promptText(prompt: unknown): string {
  const only: unknown = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  return typeof only === 'string' ? only : cannotSay('prompt', prompt);
}

const cannotSay = (member: string, value: unknown): never =>
  refuse(member, value, '/chat/completions', '/completions');

function answer(body: unknown): unknown {
  if (!isObject(body) || !Array.isArray(body.choices)) return body;
  return { ...body, object: 'text_completion', choices: objectsOf(body.choices).map(textChoice) };
}

/** Events without text, end or usage (a role, reasoning) have no place in a text completion. */
function event(given: SseEvent): SseEvent[] {
  const chunk = parseExact(given.data);
  if (!isObject(chunk) || !Array.isArray(chunk.choices)) return [given];
  const choices = objectsOf(chunk.choices).map(textChoice);
  const says =
    choices.length === 0 || choices.some(({ text, finish_reason: reason }) => text !== '' || Boolean(reason));
  if (!says && !isObject(chunk.usage)) return [];
  return [{ event: given.event, data: JSON.stringify({ ...chunk, object: 'text_completion', choices }) }];
}

function textChoice({ delta, message, logprobs: _, ...rest }: Json): Json {
  const refusal = isObject(message) ? message.refusal : isObject(delta) ? delta.refusal : undefined;
  const text = textOf({ delta, message, text: rest.text }) || (typeof refusal === 'string' ? refusal : '');
  return { ...rest, text, logprobs: null, finish_reason: rest.finish_reason ?? null };
}

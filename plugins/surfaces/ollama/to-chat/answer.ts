import { ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { argumentsIn, spokenIn, toolCallsOf } from '../../../../kits/dialect-kit/spoken.ts';
import { deltaOf } from '../../../../kits/dialect-kit/text-of.ts';
import { doneReason } from '../done-reasons.ts';
import { durations, ollamaCounts, type Moments } from '../usage.ts';
import type { Line } from './lines.ts';
import { toolCall } from './tool-calls.ts';

/** A whole chat.completion or text_completion as Ollama's API has it; undefined: it is none. */
export function answer(line: Line, body: unknown, moments: Moments): Json | undefined {
  if (!isObject(body) || !Array.isArray(body.choices)) return undefined;
  const [choice = {}] = objectsOf(body.choices);
  const message = deltaOf(choice);
  const isCut = ownReason(stringOf(choice.finish_reason)) === 'length';
  const calls = toolCallsOf(message).map((call, index) => wholeCall(call, index, isCut));
  return {
    ...beginning(body.model),
    ...line({ ...spokenIn(message), calls }),
    ...ending(choice, body, moments),
    ...logprobsIn(choice),
  };
}

/** The text of a whole answer. */
export const textIn = (body: unknown): string =>
  isObject(body) ? spokenIn(deltaOf(objectsOf(body.choices)[0] ?? {})).text : '';

function wholeCall({ id, function: called }: Json, index: number, isCut: boolean): Json {
  const { name, arguments: given } = isObject(called) ? called : {};
  return toolCall(stringOf(id), index, stringOf(name), argumentsIn(given, name, isCut));
}

/** What each line begins with. */
export const beginning = (model: unknown): Json => ({ model, created_at: new Date().toISOString() });

/** Further members of the last line. */
export const ending = ({ finish_reason: finish }: Json, answered: Json, moments: Moments): Json => ({
  done: true,
  done_reason: doneReason(finish),
  ...durations(answered, moments),
  ...ollamaCounts(answered.usage),
});

export function logprobsIn({ logprobs }: Json): Json {
  if (!isObject(logprobs) || !Array.isArray(logprobs.content) || logprobs.content.length === 0) return {};
  return { logprobs: logprobs.content };
}

import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import type { Json } from '../../../../kits/dialect-kit/json.ts';
import { textOf } from '../../../../kits/dialect-kit/text-of.ts';
import { unfoldChoices } from './unfold-choices.ts';

/** The chunks that a text_completion would have been streamed in. */
export const unfoldCompletions = (answer: unknown, call: Call): SseEvent[] =>
  unfoldChoices(answer, call, 'text_completion', chunksOf);

function chunksOf(choice: Json): Json[] {
  const { index, finish_reason, logprobs, text: _text, message: _message, delta: _delta, ...rest } = choice;
  return [
    { index, text: textOf(choice), logprobs: logprobs ?? null, finish_reason: null },
    { ...rest, index, text: '', logprobs: null, finish_reason: finish_reason ?? null },
  ];
}

import type { TextPlace } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textsAt, textsBelow } from '../../../../kits/dialect-kit/text-places.ts';

/** The texts of a line, or of an answer: they have one shape. */
export function lineTexts(said: object): readonly TextPlace[] {
  const line = said as Json;
  const { message, done } = line;
  const isLast = done === true;
  // They repeat the text token by token.
  delete line.logprobs;
  const calls = isObject(message) ? objectsOf(message.tool_calls) : [];
  return [
    ...textsAt(line, ['response', 'thinking'], { channel: 'generate', isLast }),
    ...textsAt(message, ['content', 'thinking'], { channel: 'chat', isLast }),
    ...calls.flatMap((call) => (isObject(call.function) ? textsBelow(call.function.arguments) : [])),
  ];
}

import type { TextPlace } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textsAt, textsBelow } from '../../../../kits/dialect-kit/text-places.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** The texts of an answer, or of a piece of one: they have one shape. */
export function geminiTexts(said: object): readonly TextPlace[] {
  return objectsOf((said as Json).candidates).flatMap((candidate, position) => {
    const index = asText(candidate.index ?? position);
    const isLast = typeof candidate.finishReason === 'string';
    // They repeat the text token by token.
    delete candidate.logprobsResult;
    const parts = isObject(candidate.content) ? objectsOf(candidate.content.parts) : [];
    return parts.flatMap((part, nth) => {
      const channel = `${index}.${part.thought === true ? 'thought' : 'answer'}`;
      const isOver = isLast || parts.slice(nth + 1).some(({ text }) => text === undefined);
      return [
        ...textsAt(part, ['text'], { channel, isLast: isOver }),
        ...(isObject(part.functionCall) ? textsBelow(part.functionCall.args) : []),
        ...textsAt(part.executableCode, ['code']),
      ];
    });
  });
}

import type { TextPlace } from '../../../../core/contracts/index.ts';
import { hasEnded } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textsAt } from '../../../../kits/dialect-kit/text-places.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

const TEXTS = ['content', 'reasoning_content', 'reasoning', 'thinking', 'refusal'];

/** The texts of a chunk, or of an answer, with `choices`: chat and completions alike. */
export function choicesTexts(said: object, isEvent: boolean): readonly TextPlace[] | undefined {
  const { choices, usage } = said as Json;
  const all = objectsOf(choices);
  const places = all.flatMap((choice, position) =>
    choiceTexts(choice, `${asText(choice.index ?? position)}`),
  );
  if (!isEvent || places.length > 0) return places;
  const isNothing = all.length > 0 && !all.some(hasEnded) && !isObject(usage) && all.every(saysNothing);
  return isNothing ? undefined : places;
}

const saysNothing = ({ delta }: Json): boolean => isObject(delta) && delta.tool_calls === undefined;

function choiceTexts(choice: Json, index: string): TextPlace[] {
  // It repeats the text token by token.
  if (isObject(choice.logprobs)) choice.logprobs = null;
  const isLast = hasEnded(choice);
  const channel = { channel: index, isLast };
  return [choice.delta, choice.message].filter(isObject).reduce<TextPlace[]>(
    (places, said) => [
      ...places,
      ...textsAt(said, TEXTS, channel),
      ...objectsOf(said.content).flatMap((part, nth) =>
        textsAt(part, ['text', 'thinking'], { channel: `${index}.${nth}`, isLast }),
      ),
      ...objectsOf(said.reasoning_details).flatMap((part) =>
        textsAt(part, ['text', 'summary'], { channel: `${index}.detail ${asText(part.index)}`, isLast }),
      ),
      ...textsAt(said.function_call, ['arguments'], { ...channel, isJson: true }),
      ...objectsOf(said.tool_calls).flatMap((call, nth) => {
        const at = `${index}.tool ${asText(call.index ?? nth)}`;
        return [
          ...textsAt(call.function, ['arguments'], { channel: at, isLast, isJson: true }),
          ...textsAt(call.custom, ['input'], { channel: at, isLast }),
        ];
      }),
    ],
    textsAt(choice, ['text'], channel),
  );
}

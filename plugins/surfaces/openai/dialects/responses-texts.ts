import type { TextPlace } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textsAt } from '../../../../kits/dialect-kit/text-places.ts';

const TEXTS = ['text', 'refusal', 'input', 'code', 'output_text'];

/** The texts of an event, or of a response. Later events of a stream repeat as a whole what came in pieces. */
export function responsesTexts(said: object, isEvent: boolean): readonly TextPlace[] | undefined {
  const event = said as Json;
  if (!isEvent) return responseTexts(event);
  const type = stringOf(event.type);
  if (type === 'response.output_text.annotation.added') return undefined;
  if (Array.isArray(event.logprobs)) event.logprobs = [];
  if (type.endsWith('.delta')) {
    const { item_id, output_index, content_index, summary_index } = event;
    const at = [item_id, output_index, content_index, summary_index].map(String).join('/');
    return textsAt(event, ['delta'], { channel: `${type} ${at}`, isJson: type.includes('arguments') });
  }
  return [
    ...textsAt(event, TEXTS),
    ...textsAt(event, ['arguments'], { isJson: true }),
    ...partTexts(event.part),
    ...(isObject(event.item) ? itemTexts(event.item) : []),
    ...(isObject(event.response) ? responseTexts(event.response) : []),
  ];
}

const responseTexts = (response: Json): TextPlace[] => [
  ...textsAt(response, ['output_text']),
  ...objectsOf(response.output).flatMap(itemTexts),
];

const itemTexts = (item: Json): TextPlace[] => [
  ...textsAt(item, ['input', 'code', 'text']),
  ...textsAt(item, ['arguments'], { isJson: true }),
  ...objectsOf(item.content).flatMap(partTexts),
  ...objectsOf(item.summary).flatMap(partTexts),
];

function partTexts(part: unknown): TextPlace[] {
  if (isObject(part) && Array.isArray(part.logprobs)) part.logprobs = [];
  return textsAt(part, TEXTS);
}

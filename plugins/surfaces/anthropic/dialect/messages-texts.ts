import type { TextPlace } from '../../../../core/contracts/index.ts';
import { objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textsAt, textsBelow } from '../../../../kits/dialect-kit/text-places.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** The texts of an event, or of a message. */
export function messagesTexts(said: object, isEvent: boolean): readonly TextPlace[] | undefined {
  const { type, index, delta, content, content_block } = said as Json;
  if (!isEvent) return objectsOf(content).flatMap(blockTexts);
  if (type === 'ping') return undefined;
  if (type === 'content_block_start') return textsAt(content_block, ['text', 'thinking']);
  if (type !== 'content_block_delta') return [];
  const channel = asText(index);
  const places = [
    ...textsAt(delta, ['text', 'thinking'], { channel }),
    ...textsAt(delta, ['partial_json'], { channel, isJson: true }),
  ];
  // Citations and signatures belong to the text around them.
  return places.length > 0 ? places : undefined;
}

const blockTexts = (block: Json): TextPlace[] => [
  ...textsAt(block, ['text', 'thinking']),
  ...textsBelow(block.input),
];

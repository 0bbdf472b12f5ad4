import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';
import { wantsUsage } from '../../../../kits/dialect-kit/wants-usage.ts';

/** members of every chunk; any other member of the answer goes into the first */
const EVERYWHERE = ['id', 'created', 'model', 'system_fingerprint', 'service_tier'];

/**
 * The stream that a whole answer with `choices` would have been.
 * @param chunksOf the choices of the chunks that one choice becomes
 */
export function unfoldChoices(
  answer: unknown,
  call: Call,
  object: string,
  chunksOf: (choice: Json) => Json[],
): SseEvent[] {
  if (!isObject(answer)) return [];
  const { choices, usage, object: _, ...head } = answer;
  const base: Json = { object, model: call.model };
  for (const name of EVERYWHERE) if (head[name] !== undefined) base[name] = head[name];
  Object.assign(base, required(head));
  const chunks: Json[] = objectsOf(choices)
    .flatMap((choice, position) => chunksOf({ ...choice, index: choice.index ?? position }))
    .map((choice, position) => ({ ...(position === 0 ? head : {}), ...base, choices: [choice] }));
  if (isObject(usage) && wantsUsage(call)) chunks.push({ ...base, choices: [], usage });
  return [
    ...chunks.map((chunk) => ({ event: '', data: JSON.stringify(chunk) })),
    { event: '', data: '[DONE]' },
  ];
}

import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** members of a part that are no content by themselves */
const LABELS = new Set(['thought', 'thoughtSignature', 'mediaResolution', 'partMetadata']);

/** Whether a candidate, whole or a piece of one, carries content. */
export const candidateCarries = ({ content }: Json): boolean => partsIn(content).some(partCarries);

const partsIn = (content: unknown): Json[] => (isObject(content) ? objectsOf(content.parts) : []);

const partCarries = (part: Json): boolean =>
  Object.entries(part).some(([name, value]) => {
    if (LABELS.has(name)) return false;
    return typeof value === 'string' ? value !== '' : isObject(value) && Object.keys(value).length > 0;
  });

/** Why a prompt was refused; '': it was not. */
export const blockReason = ({ promptFeedback: feedback }: Json): string =>
  isObject(feedback) ? stringOf(feedback.blockReason) : '';

/** Whether tokens of the answer were counted: then it was generated, though it may be empty. */
export const hasCounted = ({ usageMetadata: usage }: Json): boolean =>
  isObject(usage) &&
  [usage.candidatesTokenCount, usage.thoughtsTokenCount].some((count) => asNumber(count) > 0);

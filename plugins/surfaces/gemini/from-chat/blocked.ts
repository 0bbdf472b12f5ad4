import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** A prompt that was refused has no candidate: why, in words; undefined: it was not. */
export function blockedBecause({ promptFeedback: feedback }: Json): string | undefined {
  if (!isObject(feedback) || stringOf(feedback.blockReason) === '') return undefined;
  return stringOf(feedback.blockReasonMessage) || `the prompt was blocked: ${stringOf(feedback.blockReason)}`;
}

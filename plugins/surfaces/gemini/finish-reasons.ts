import { ownReason } from '../../../kits/dialect-kit/finish-reasons.ts';
import { stringOf } from '../../../kits/dialect-kit/json.ts';
import { rowOf } from '../../../wire/row-of.ts';

/** Why an answer ended, in chat's words and in those of the Gemini API (docs/protocols.md). */
const OF_CHAT: Readonly<Record<string, string>> = {
  stop: 'STOP',
  tool_calls: 'STOP',
  function_call: 'STOP',
  length: 'MAX_TOKENS',
  content_filter: 'SAFETY',
};
const OF_GEMINI: Readonly<Record<string, string>> = {
  STOP: 'stop',
  FINISH_REASON_UNSPECIFIED: 'stop',
  OTHER: 'stop',
  MAX_TOKENS: 'length',
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  ESCALATION: 'content_filter',
  PUP_LIMITED_DISABLED: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  IMAGE_OTHER: 'stop',
  NO_IMAGE: 'stop',
  MALFORMED_FUNCTION_CALL: 'stop',
  UNEXPECTED_TOOL_CALL: 'stop',
  TOO_MANY_TOOL_CALLS: 'stop',
  MISSING_THOUGHT_SIGNATURE: 'stop',
  MALFORMED_RESPONSE: 'stop',
};
/** Reasons of a failure: the answer so far is not complete. */
const FAILED = new Set([
  'MALFORMED_FUNCTION_CALL',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
  'MISSING_THOUGHT_SIGNATURE',
  'MALFORMED_RESPONSE',
]);

export const geminiReason = (reason: unknown): string =>
  OF_CHAT[ownReason(stringOf(reason)) ?? 'stop'] ?? 'STOP';

/** @param calls The answer calls tools, which the Gemini API has no reason for. */
export function chatReason(reason: unknown, calls = false): string {
  const own = rowOf(OF_GEMINI, stringOf(reason)) ?? 'stop';
  return own === 'stop' && calls ? 'tool_calls' : own;
}

/** Whether an empty answer is explained by its reason. */
export const explainsEnd = (reason: string): boolean =>
  !['', 'STOP', 'FINISH_REASON_UNSPECIFIED'].includes(reason) && !FAILED.has(reason);

export const hasFailed = (reason: string): boolean => FAILED.has(reason);

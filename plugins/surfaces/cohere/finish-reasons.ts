import { stringOf } from '../../../kits/dialect-kit/json.ts';
import { rowOf } from '../../../wire/row-of.ts';

/** Why an answer ended, in Cohere's words and in chat's (docs/protocols.md). */
const REASONS: Readonly<Record<string, string>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
};
/** Reasons of a failure. */
const FAILED = new Set(['ERROR', 'ERROR_TOXIC', 'TIMEOUT', 'USER_CANCEL']);

export const chatReason = (reason: unknown): string => rowOf(REASONS, stringOf(reason)) ?? 'stop';

export const hasFailed = (reason: unknown): boolean => FAILED.has(stringOf(reason));

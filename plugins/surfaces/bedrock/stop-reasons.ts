import { stringOf } from '../../../kits/dialect-kit/json.ts';
import { rowOf } from '../../../wire/row-of.ts';

/** Why an answer of the Converse API ended, in chat's words (docs/protocols.md). */
const OF_CONVERSE: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
  malformed_model_output: 'stop',
  malformed_tool_use: 'stop',
};
/** Reasons of a failure: an answer without content is an error then. */
const FAILED = new Set(['malformed_model_output', 'malformed_tool_use']);

export const finishReason = (stopReason: unknown): string =>
  rowOf(OF_CONVERSE, stringOf(stopReason)) ?? 'stop';

export const hasFailed = (stopReason: string): boolean => FAILED.has(stopReason);

/** Whether an empty answer is explained by its reason. */
export const explainsEnd = (stopReason: string): boolean =>
  stopReason !== '' && stopReason !== 'end_turn' && !FAILED.has(stopReason);

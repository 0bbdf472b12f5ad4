import { ownReason } from '../../../kits/dialect-kit/finish-reasons.ts';
import { stringOf, type Json } from '../../../kits/dialect-kit/json.ts';
import { rowOf } from '../../../wire/row-of.ts';

/** Why an answer ended, in chat's words and in those of messages (docs/protocols.md). */
const OF_CHAT: Readonly<Record<string, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};
const OF_MESSAGES: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  pause_turn: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

export interface Stop {
  readonly stop_reason: string;
  readonly stop_sequence: string | null;
}

/**
 * The stop reason of a chat's choice. Some servers write `stop` where a tool is called.
 * @param beside members of the answer that tell how it ended
 */
export function stopOf(choice: Json, beside: { readonly calls: boolean; readonly refused: boolean }): Stop {
  const own = ownReason(stringOf(choice.finish_reason)) ?? 'stop';
  const reason = OF_CHAT[own] ?? 'end_turn';
  if (reason !== 'end_turn') return { stop_reason: reason, stop_sequence: null };
  if (beside.calls) return { stop_reason: 'tool_use', stop_sequence: null };
  if (beside.refused) return { stop_reason: 'refusal', stop_sequence: null };
  // vLLM and SGLang report the stop sequence.
  const sequence = stringOf(choice.stop_reason) || stringOf(choice.matched_stop);
  return sequence === '' || ownReason(sequence) !== undefined
    ? { stop_reason: 'end_turn', stop_sequence: null }
    : { stop_reason: 'stop_sequence', stop_sequence: sequence };
}

export const finishReason = (stopReason: unknown): string =>
  rowOf(OF_MESSAGES, stringOf(stopReason)) ?? 'stop';

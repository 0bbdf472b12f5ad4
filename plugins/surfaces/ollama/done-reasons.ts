import { ownReason } from '../../../kits/dialect-kit/finish-reasons.ts';
import { stringOf } from '../../../kits/dialect-kit/json.ts';
import { rowOf } from '../../../wire/row-of.ts';

/** Why an answer ended, in chat's words and in Ollama's, which has none for a call of a tool (docs/protocols.md). */
const OF_CHAT: Readonly<Record<string, string>> = { tool_calls: 'stop', function_call: 'stop' };
const OF_OLLAMA: Readonly<Record<string, string>> = { load: 'stop', unload: 'stop' };

export function doneReason(finish: unknown): string {
  const own = ownReason(stringOf(finish)) ?? 'stop';
  return OF_CHAT[own] ?? own;
}

/** @param calls the answer calls a tool */
export function finishReason(done: unknown, calls: boolean): string {
  const said = stringOf(done) || 'stop';
  const reason = rowOf(OF_OLLAMA, said) ?? ownReason(said) ?? 'stop';
  return reason === 'stop' && calls ? 'tool_calls' : reason;
}

import type { SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { unfoldItem } from './unfold-response-item.ts';
import { rowOf } from '../../../../wire/row-of.ts';

/** The closing event for each status of a response. */
const ENDS: Readonly<Record<string, string>> = {
  incomplete: 'response.incomplete',
  failed: 'response.failed',
};

/**
 * The stream that a whole response would have been: its start, each item in turn, and the response itself at the end.
 */
export function unfoldResponses(answer: unknown): SseEvent[] {
  if (!isObject(answer)) return [];
  const { usage: _usage, completed_at: _completed, ...known } = answer;
  const begun = { ...known, status: 'in_progress', output: [], error: null, incomplete_details: null };
  const bodies: Json[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...objectsOf(answer.output).flatMap(unfoldItem),
    { type: rowOf(ENDS, stringOf(answer.status)) ?? 'response.completed', response: answer },
  ];
  return bodies.map(({ type, ...body }, number) => ({
    event: type as string,
    data: JSON.stringify({ type, sequence_number: number, ...body }),
  }));
}

import type { SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** Members of a block that follow its start: their initial value, and the type and member of their deltas. */
const LATER: readonly [member: string, empty: unknown, kind: string, said: string][] = [
  ['text', '', 'text_delta', 'text'],
  ['thinking', '', 'thinking_delta', 'thinking'],
  ['signature', '', 'signature_delta', 'signature'],
  ['input', {}, 'input_json_delta', 'partial_json'],
];

/** Clients of this API read the counts without checking that they are there. */
const UNCOUNTED = { input_tokens: 0, output_tokens: 0 };

/**
 * The stream that a whole message of Anthropic's API would have been: its start, each block in turn, and its stop
 * reason.
 */
export function unfoldMessages(answer: unknown): SseEvent[] {
  if (!isObject(answer)) return [];
  const { stop_reason = null, stop_sequence = null, usage = UNCOUNTED } = answer;
  const begun = { ...answer, usage, content: [], stop_reason: null, stop_sequence: null };
  const bodies: Json[] = [
    { type: 'message_start', message: begun },
    ...blocksOf(answer.content).flatMap(unfoldBlock),
    { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage },
    { type: 'message_stop' },
  ];
  return bodies.map((body) => ({ event: body.type as string, data: JSON.stringify(body) }));
}

/** Some servers send a text that is the only block as a string. */
const blocksOf = (content: unknown): Json[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : objectsOf(content);

function unfoldBlock(block: Json, index: number): Json[] {
  const begun = { ...block };
  const deltas: Json[] = [];
  for (const [member, empty, type, said] of LATER) {
    const value = block[member];
    if (value === undefined) continue;
    begun[member] = empty;
    const text = member === 'input' ? JSON.stringify(value) : value;
    if (text !== '') deltas.push({ type, [said]: text });
  }
  if (Array.isArray(block.citations)) {
    begun.citations = [];
    for (const citation of block.citations) deltas.push({ type: 'citations_delta', citation });
  }
  return [
    { type: 'content_block_start', index, content_block: begun },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { wantsUsage } from '../../../../kits/dialect-kit/wants-usage.ts';
import { chatUsage, isCounted } from '../usage.ts';
import { blockedBecause } from './blocked.ts';
import { Candidate } from './candidate.ts';
import { headOf } from './head.ts';

/** Makes the pieces of one streamed answer of the Gemini API into the chunks of a chat. */
export class ChatEvents {
  readonly #countsTokens: boolean;
  readonly #candidates = new Map<number, Candidate>();
  #head: Json | undefined;
  #usage: Json | undefined;
  #isOver = false;

  constructor(call: Call | undefined) {
    this.#countsTokens = call !== undefined && wantsUsage(call);
  }

  of({ data }: SseEvent): SseEvent[] {
    if (data.trim() === '[DONE]') return this.#end();
    const body = parseExact(data);
    return isObject(body) ? this.#read(body).map((choices) => this.#chunk({ choices })) : [];
  }

  #read(body: Json): Json[][] {
    if (isCounted(body.usageMetadata)) this.#usage = body.usageMetadata;
    const candidates = objectsOf(body.candidates);
    const refusal = candidates.length === 0 ? blockedBecause(body) : undefined;
    if (candidates.length === 0 && refusal === undefined) return [];
    this.#head ??= { ...headOf(body), object: 'chat.completion.chunk' };
    if (refusal !== undefined)
      return [[choice(0, { role: 'assistant', content: '', refusal })], [choice(0, {}, 'content_filter')]];
    return candidates.flatMap((candidate, position) => this.#readCandidate(candidate, position));
  }

  #readCandidate(given: Json, position: number): Json[][] {
    const index = typeof given.index === 'number' ? given.index : position;
    const known = this.#candidates.get(index);
    const candidate = known ?? new Candidate(index);
    this.#candidates.set(index, candidate);
    const first = known ? [] : [[choice(index, { role: 'assistant', content: '' })]];
    return [...first, ...candidate.read(given).map((one) => [one])];
  }

  #end(): SseEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    const usage =
      this.#countsTokens && this.#usage ? [this.#chunk({ choices: [], usage: chatUsage(this.#usage) })] : [];
    return [...usage, { event: '', data: '[DONE]' }];
  }

  #chunk(members: Json): SseEvent {
    return { event: '', data: JSON.stringify({ ...this.#head, ...members }) };
  }
}

const choice = (index: number, delta: Json, reason: string | null = null): Json => ({
  index,
  delta,
  logprobs: null,
  finish_reason: reason,
});

import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { ChatChunks } from '../../../../kits/dialect-kit/chat-chunks.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { chatUsage, isCounted } from '../usage.ts';
import { blockedBecause } from './blocked.ts';
import { Candidate } from './candidate.ts';
import { headOf } from './head.ts';

/** Makes the pieces of one streamed answer of the Gemini API into the chunks of a chat. */
export class ChatEvents {
  readonly #chunks: ChatChunks;
  readonly #candidates = new Map<number, Candidate>();
  #usage: Json | undefined;
  #isOver = false;

  constructor(call: Call | undefined) {
    this.#chunks = new ChatChunks(call);
  }

  of({ data }: SseEvent): SseEvent[] {
    if (data.trim() === '[DONE]') this.#end();
    else {
      const body = parseExact(data);
      if (isObject(body)) this.#read(body);
    }
    return this.#chunks.take();
  }

  #read(body: Json): void {
    if (isCounted(body.usageMetadata)) this.#usage = body.usageMetadata;
    const candidates = objectsOf(body.candidates);
    const refusal = candidates.length === 0 ? blockedBecause(body) : undefined;
    if (candidates.length === 0 && refusal === undefined) return;
    if (!this.#chunks.hasBegun) this.#chunks.begin(headOf(body));
    for (const [position, candidate] of candidates.entries()) this.#readCandidate(candidate, position);
    if (refusal === undefined) return;
    this.#chunks.delta({ role: 'assistant', content: '', refusal });
    this.#chunks.finish('content_filter');
  }

  #readCandidate(given: Json, position: number): void {
    const index = typeof given.index === 'number' ? given.index : position;
    const known = this.#candidates.get(index);
    const candidate = known ?? new Candidate(index);
    this.#candidates.set(index, candidate);
    if (!known) this.#chunks.role(index);
    for (const choice of candidate.read(given)) this.#chunks.choice(choice);
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#usage) this.#chunks.usage(chatUsage(this.#usage));
    this.#chunks.done();
  }
}

import type { SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { textBytes } from '../../../../wire/estimate-tokens.ts';
import { geminiUsage } from '../usage.ts';
import { estimatedUsage } from './answer.ts';
import { CandidatePieces } from './candidate.ts';
import { headOf } from './head.ts';

/** Makes the chunks of one chat stream into the pieces of an answer of the Gemini API. */
export class GeminiEvents {
  readonly #candidates = new Map<number, CandidatePieces>();
  #head: Json | undefined;
  #usage: Json | undefined;
  #bytes = 0;
  #isOver = false;

  of({ data }: SseEvent): SseEvent[] {
    const text = data.trim();
    if (text === '[DONE]') return this.#end();
    const chunk = parseExact(text);
    return isObject(chunk) ? this.#read(chunk) : [];
  }

  #read(chunk: Json): SseEvent[] {
    if (isObject(chunk.usage)) this.#usage = chunk.usage;
    const choices = objectsOf(chunk.choices);
    if (choices.length === 0) return [];
    this.#head ??= headOf(chunk);
    const pieces = choices.flatMap((choice, position) => {
      const index = typeof choice.index === 'number' ? choice.index : position;
      const candidate = this.#candidates.get(index) ?? new CandidatePieces(index);
      this.#candidates.set(index, candidate);
      return candidate.read(choice) ?? [];
    });
    return pieces.length === 0 ? [] : [this.#piece({ candidates: pieces })];
  }

  /** The last piece has both the finish reason and the usage. */
  #end(): SseEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    const candidates = [...this.#candidates.values()].map((candidate) => candidate.end());
    const usageMetadata = this.#usage
      ? geminiUsage(this.#usage)
      : estimatedUsage(this.#bytes + textBytes(candidates));
    return [this.#piece({ candidates, usageMetadata })];
  }

  #piece(members: Json): SseEvent {
    this.#bytes += textBytes(members.candidates);
    return { event: '', data: JSON.stringify({ ...members, ...this.#head }) };
  }
}

import type { Call, SseEvent } from '../../core/contracts/index.ts';
import { stringOf, type Json } from './json.ts';
import { required } from './required.ts';
import { wantsUsage } from './wants-usage.ts';

/** Writes a chat's stream, chunk by chunk. The common beginning of all chunks is serialised once. */
export class ChatChunks {
  readonly #countsTokens: boolean;
  /** the beginning of each chunk; '': it is not known */
  #head = '';
  #written: SseEvent[] = [];

  /** @param asked a chat, or a request that was translated to one */
  constructor(asked: Call | undefined) {
    this.#countsTokens = asked !== undefined && wantsUsage(asked);
  }

  get hasBegun(): boolean {
    return this.#head !== '';
  }

  /** The id, time and model of the answer. The first ones count. */
  begin({ id, created, model }: Json): void {
    if (this.hasBegun) return;
    const named = required({ id, created });
    const head = { id: named.id, object: 'chat.completion.chunk', created: named.created, model };
    this.#head = JSON.stringify(head).slice(0, -1);
  }

  /** The chunk before all others of a choice. */
  role(index = 0): void {
    this.delta({ role: 'assistant', content: '' }, null, index);
  }

  /** A piece of text, as nearly all chunks are; an empty one is none. @param member of the delta */
  speak(member: string, text: unknown): void {
    const piece = stringOf(text);
    if (piece !== '') this.#choice(`{"${member}":${JSON.stringify(piece)}}`);
  }

  /** A choice as it stands in the chunk. */
  choice(choice: Json): void {
    this.#chunk(`"choices":[${JSON.stringify(choice)}]`);
  }

  delta(delta: Json, logprobs: unknown = null, index = 0): void {
    this.#choice(JSON.stringify(delta), logprobs, index);
  }

  /** @param delta members that are sent only now */
  finish(reason: string, index = 0, delta: Json = {}): void {
    this.#choice(JSON.stringify(delta), null, index, reason);
  }

  /** The tokens, where the caller asked for them. */
  usage(usage: Json): void {
    if (this.#countsTokens) this.#chunk(`"choices":[],"usage":${JSON.stringify(usage)}`);
  }

  done(): void {
    this.#written.push({ event: '', data: '[DONE]' });
  }

  /** The chunks since the last call. */
  take(): SseEvent[] {
    const written = this.#written;
    this.#written = [];
    return written;
  }

  #choice(delta: string, logprobs: unknown = null, index = 0, reason: string | null = null): void {
    const beside = `"logprobs":${JSON.stringify(logprobs)},"finish_reason":${JSON.stringify(reason)}`;
    this.#chunk(`"choices":[{"index":${index},"delta":${delta},${beside}}]`);
  }

  #chunk(members: string): void {
    this.#written.push({ event: '', data: `${this.#head},${members}}` });
  }
}

import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { ChatChunks } from '../../../../kits/dialect-kit/chat-chunks.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { finishReason } from '../done-reasons.ts';
import { chatUsage } from '../usage.ts';
import { logprobsOf, secondsOf, toolCall } from './answer.ts';

/** Makes Ollama's lines into the chunks of a chat. */
export class ChunkEvents {
  readonly #chunks: ChatChunks;
  #calls = 0;

  constructor(call: Call | undefined) {
    this.#chunks = new ChatChunks(call);
  }

  of({ data }: SseEvent): SseEvent[] {
    const line = parseExact(data);
    if (isObject(line)) this.#read(line);
    return this.#chunks.take();
  }

  #read(line: Json): void {
    if (!this.#chunks.hasBegun) this.#begin(line);
    const { content, thinking, tool_calls: calls } = isObject(line.message) ? line.message : {};
    const logprobs = logprobsOf(line);
    this.#chunks.speak('reasoning_content', thinking);
    if (stringOf(content) !== '' || logprobs) this.#chunks.delta({ content: stringOf(content) }, logprobs);
    for (const call of objectsOf(calls)) this.#call(call);
    if (line.done === true) this.#end(line);
  }

  #begin({ model, created_at: date }: Json): void {
    this.#chunks.begin({ created: secondsOf(date), model });
    this.#chunks.role();
  }

  /** Each call gets an index of its own: those of older versions of Ollama are all 0. */
  #call(call: Json): void {
    this.#chunks.delta({ tool_calls: [{ index: this.#calls, ...toolCall(call) }] });
    this.#calls += 1;
  }

  #end(line: Json): void {
    this.#chunks.finish(finishReason(line.done_reason, this.#calls > 0));
    this.#chunks.usage(chatUsage(line));
    this.#chunks.done();
  }
}

import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';
import { wantsUsage } from '../../../../kits/dialect-kit/wants-usage.ts';
import { finishReason } from '../done-reasons.ts';
import { chatUsage } from '../usage.ts';
import { logprobsOf, secondsOf, toolCall } from './answer.ts';

/** Makes Ollama's lines into the chunks of a chat. */
export class ChunkEvents {
  readonly #countsTokens: boolean;
  #head: Json | undefined;
  #calls = 0;
  #out: SseEvent[] = [];

  constructor(call: Call | undefined) {
    this.#countsTokens = call !== undefined && wantsUsage(call);
  }

  of({ data }: SseEvent): SseEvent[] {
    this.#out = [];
    const line = parseExact(data);
    if (isObject(line)) this.#read(line);
    return this.#out;
  }

  #read(line: Json): void {
    if (!this.#head) this.#begin(line);
    const { content, thinking, tool_calls: calls } = isObject(line.message) ? line.message : {};
    const logprobs = logprobsOf(line);
    if (stringOf(thinking) !== '') this.#delta({ reasoning_content: thinking }, null);
    if (stringOf(content) !== '' || logprobs) this.#delta({ content: stringOf(content) }, logprobs);
    for (const call of objectsOf(calls)) this.#call(call);
    if (line.done === true) this.#end(line);
  }

  #begin({ model, created_at: date }: Json): void {
    const { id, created } = required({ created: secondsOf(date) });
    this.#head = { id, object: 'chat.completion.chunk', created, model };
    this.#delta({ role: 'assistant', content: '' }, null);
  }

  /** Each has its own number: Ollama's own are all 0 in older versions. */
  #call(call: Json): void {
    this.#delta({ tool_calls: [{ index: this.#calls, ...toolCall(call) }] }, null);
    this.#calls += 1;
  }

  #end(line: Json): void {
    const finish_reason = finishReason(line.done_reason, this.#calls > 0);
    this.#chunk({ choices: [{ index: 0, delta: {}, logprobs: null, finish_reason }] });
    if (this.#countsTokens) this.#chunk({ choices: [], usage: chatUsage(line) });
    this.#out.push({ event: '', data: '[DONE]' });
  }

  #delta(delta: Json, logprobs: Json | null): void {
    this.#chunk({ choices: [{ index: 0, delta, logprobs, finish_reason: null }] });
  }

  #chunk(members: Json): void {
    this.#out.push({ event: '', data: JSON.stringify({ ...this.#head, ...members }) });
  }
}

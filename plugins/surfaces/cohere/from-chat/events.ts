import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { ChatChunks } from '../../../../kits/dialect-kit/chat-chunks.ts';
import { isObject, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { chatReason } from '../finish-reasons.ts';
import { chatUsage } from '../usage.ts';
import { logprobsOf } from './answer.ts';

/** Makes the events of one answer of Cohere's into the chunks of a chat. */
export class ChunkEvents {
  readonly #chunks: ChatChunks;
  readonly #model: string;
  /** number of the tool call that is open, from 0 */
  #call = -1;
  #hasArguments = true;

  constructor(call: Call | undefined) {
    this.#chunks = new ChatChunks(call);
    this.#model = call?.model ?? '';
  }

  of({ event, data }: SseEvent): SseEvent[] {
    const body = parseExact(data);
    if (isObject(body)) this.#read(stringOf(body.type) || event, body);
    return this.#chunks.take();
  }

  #read(type: string, body: Json): void {
    if (!this.#chunks.hasBegun) this.#begin(body);
    const delta = isObject(body.delta) ? body.delta : {};
    const message = isObject(delta.message) ? delta.message : {};
    switch (type) {
      case 'content-start':
      case 'content-delta':
        return this.#speak(message.content, body.logprobs);
      case 'tool-plan-delta':
        return this.#chunks.speak('reasoning_content', message.tool_plan);
      case 'tool-call-start':
        return this.#open(message.tool_calls);
      case 'tool-call-delta':
        return this.#argue(message.tool_calls);
      case 'tool-call-end':
        return this.#close();
      case 'citation-start':
        return this.#chunks.delta({ citations: [message.citations] });
      case 'message-end':
        return this.#end(delta);
    }
  }

  #begin({ id }: Json): void {
    this.#chunks.begin({ id, model: this.#model });
    this.#chunks.role();
  }

  #speak(content: unknown, logprobs: unknown): void {
    const { text, thinking } = isObject(content) ? content : {};
    this.#chunks.speak('reasoning_content', thinking);
    if (stringOf(text) !== '')
      this.#chunks.delta({ content: text }, logprobsOf(isObject(logprobs) ? [logprobs] : []));
  }

  #open(call: unknown): void {
    const { id, function: called } = isObject(call) ? call : {};
    const { name, arguments: text } = isObject(called) ? called : {};
    this.#call += 1;
    this.#hasArguments = stringOf(text) !== '';
    const fragment = {
      index: this.#call,
      id,
      type: 'function',
      function: { name, arguments: stringOf(text) },
    };
    this.#chunks.delta({ tool_calls: [fragment] });
  }

  #argue(call: unknown): void {
    const called = isObject(call) && isObject(call.function) ? call.function : {};
    this.#write(stringOf(called.arguments));
  }

  /** Clients parse the arguments, and an empty text is no JSON. */
  #close(): void {
    if (!this.#hasArguments) this.#write('{}');
  }

  #write(text: string): void {
    if (text === '') return;
    this.#hasArguments = true;
    this.#chunks.delta({ tool_calls: [{ index: this.#call, function: { arguments: text } }] });
  }

  #end({ finish_reason: reason, usage }: Json): void {
    this.#chunks.finish(chatReason(reason));
    this.#chunks.usage(chatUsage(usage));
    this.#chunks.done();
  }
}

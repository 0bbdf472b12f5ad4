import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { required } from '../../../../kits/dialect-kit/required.ts';
import { wantsUsage } from '../../../../kits/dialect-kit/wants-usage.ts';
import { chatReason } from '../finish-reasons.ts';
import { chatUsage } from '../usage.ts';
import { logprobsOf } from './answer.ts';

/** Makes the events of one answer of Cohere's into the chunks of a chat. */
export class ChunkEvents {
  readonly #countsTokens: boolean;
  readonly #model: string;
  #head: Json | undefined;
  /** number of the tool call that is open, from 0 */
  #call = -1;
  #hasArguments = true;
  #out: SseEvent[] = [];

  constructor(call: Call | undefined) {
    this.#countsTokens = call !== undefined && wantsUsage(call);
    this.#model = call?.model ?? '';
  }

  of({ event, data }: SseEvent): SseEvent[] {
    this.#out = [];
    const body = parseExact(data);
    if (isObject(body)) this.#read(stringOf(body.type) || event, body);
    return this.#out;
  }

  #read(type: string, body: Json): void {
    if (!this.#head) this.#begin(body);
    const delta = isObject(body.delta) ? body.delta : {};
    const message = isObject(delta.message) ? delta.message : {};
    switch (type) {
      case 'content-start':
      case 'content-delta':
        return this.#speak(message.content, body.logprobs);
      case 'tool-plan-delta':
        if (stringOf(message.tool_plan) !== '') this.#delta({ reasoning_content: message.tool_plan });
        return;
      case 'tool-call-start':
        return this.#open(message.tool_calls);
      case 'tool-call-delta':
        return this.#argue(message.tool_calls);
      case 'tool-call-end':
        return this.#close();
      case 'citation-start':
        return this.#delta({ citations: [message.citations] });
      case 'message-end':
        return this.#end(delta);
    }
  }

  #begin(body: Json): void {
    const { id, created } = required({ id: body.id });
    this.#head = { id, object: 'chat.completion.chunk', created, model: this.#model };
    this.#delta({ role: 'assistant', content: '' });
  }

  #speak(content: unknown, logprobs: unknown): void {
    const { text, thinking } = isObject(content) ? content : {};
    if (stringOf(thinking) !== '') this.#delta({ reasoning_content: thinking });
    if (stringOf(text) !== '')
      this.#delta({ content: text }, logprobsOf(isObject(logprobs) ? [logprobs] : []));
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
    this.#delta({ tool_calls: [fragment] });
  }

  #argue(call: unknown): void {
    const called = isObject(call) && isObject(call.function) ? call.function : {};
    this.#write(stringOf(called.arguments));
  }

  /** What parses them takes no empty text for arguments. */
  #close(): void {
    if (!this.#hasArguments) this.#write('{}');
  }

  #write(text: string): void {
    if (text === '') return;
    this.#hasArguments = true;
    this.#delta({ tool_calls: [{ index: this.#call, function: { arguments: text } }] });
  }

  #end({ finish_reason: reason, usage }: Json): void {
    const choice = { index: 0, delta: {}, logprobs: null, finish_reason: chatReason(reason) };
    this.#chunk({ choices: [choice] });
    if (this.#countsTokens) this.#chunk({ choices: [], usage: chatUsage(usage) });
    this.#out.push({ event: '', data: '[DONE]' });
  }

  #delta(delta: Json, logprobs: Json | null = null): void {
    this.#chunk({ choices: [{ index: 0, delta, logprobs, finish_reason: null }] });
  }

  #chunk(members: Json): void {
    this.#out.push({ event: '', data: JSON.stringify({ ...this.#head, ...members }) });
  }
}

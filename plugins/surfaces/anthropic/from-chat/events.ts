import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { ChatChunks } from '../../../../kits/dialect-kit/chat-chunks.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { finishReason } from '../stop-reasons.ts';
import { chatUsage } from '../usage.ts';
import { refusalIn } from './answer.ts';
import { hiddenThought, signedThought } from '../../../../kits/dialect-kit/claude-thought.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** Makes the events of one message into the chunks of a chat. */
export class ChatEvents {
  readonly #chunks: ChatChunks;
  #usage: Json = {};
  /** number of the tool call that is open, from 0 */
  #call = -1;
  /** of the open block: members that are sent only at its end */
  #block: Json = {};
  #hasArguments = false;

  constructor(call: Call | undefined) {
    this.#chunks = new ChatChunks(call);
  }

  of({ data }: SseEvent): SseEvent[] {
    const body = parseExact(data);
    if (isObject(body)) this.#read(body);
    return this.#chunks.take();
  }

  #read(body: Json): void {
    const index = asNumber(body.index);
    switch (body.type) {
      case 'message_start':
        return this.#begin(isObject(body.message) ? body.message : {});
      case 'content_block_start':
        return this.#open(isObject(body.content_block) ? body.content_block : {}, index);
      case 'content_block_delta':
        return this.#go(isObject(body.delta) ? body.delta : {}, index);
      case 'content_block_stop':
        return this.#close();
      case 'message_delta':
        return this.#sayWhy(body);
      case 'message_stop':
        return this.#end();
    }
  }

  #begin({ id, model, usage, content, stop_reason }: Json): void {
    if (this.#chunks.hasBegun) return;
    this.#chunks.begin({ id, model });
    if (isObject(usage)) this.#usage = usage;
    this.#chunks.role();
    // A call by a program of the provider is complete in the first event, and none follows.
    for (const [index, block] of objectsOf(content).entries()) {
      this.#open(block, index);
      this.#close();
    }
    if (typeof stop_reason === 'string') this.#sayWhy({ delta: { stop_reason } });
  }

  #open(block: Json, index: number): void {
    this.#block = { ...block };
    if (block.type === 'text') this.#chunks.speak('content', block.text);
    else if (block.type === 'thinking') this.#chunks.speak('reasoning_content', block.thinking);
    else if (block.type === 'redacted_thinking')
      this.#chunks.delta({ reasoning_details: [hiddenThought(block.data, index)] });
    else if (block.type === 'tool_use') {
      this.#call += 1;
      this.#hasArguments = false;
      const called = { name: block.name, arguments: '' };
      this.#chunks.delta({
        tool_calls: [{ index: this.#call, id: block.id, type: 'function', function: called }],
      });
      // Some servers write the arguments at once.
      if (isObject(block.input) && Object.keys(block.input).length > 0)
        this.#argue(JSON.stringify(block.input));
    }
  }

  /** Clients parse the arguments, and an empty text is no JSON. */
  #close(): void {
    if (this.#block.type === 'tool_use' && !this.#hasArguments) this.#argue('{}');
    this.#block = {};
  }

  #go(delta: Json, index: number): void {
    if (delta.type === 'text_delta') this.#chunks.speak('content', delta.text);
    else if (delta.type === 'thinking_delta') {
      this.#block.thinking = stringOf(this.#block.thinking) + stringOf(delta.thinking);
      this.#chunks.speak('reasoning_content', delta.thinking);
    } else if (delta.type === 'signature_delta') {
      const thought = signedThought(stringOf(this.#block.thinking), stringOf(delta.signature), index);
      this.#chunks.delta({ reasoning_details: [thought] });
    } else if (delta.type === 'input_json_delta' && this.#block.type === 'tool_use') {
      this.#argue(stringOf(delta.partial_json));
    }
  }

  #argue(text: string): void {
    if (text === '') return;
    this.#hasArguments = true;
    this.#chunks.delta({ tool_calls: [{ index: this.#call, function: { arguments: text } }] });
  }

  #sayWhy({ delta, usage }: Json): void {
    if (isObject(usage)) this.#usage = { ...this.#usage, ...said(usage) };
    const { stop_reason: reason, stop_details: details } = isObject(delta) ? delta : {};
    if (typeof reason !== 'string') return;
    const refusal = refusalIn(details);
    if (refusal !== null) this.#chunks.delta({ refusal });
    this.#chunks.finish(finishReason(reason));
  }

  #end(): void {
    this.#chunks.usage(chatUsage(this.#usage));
    this.#chunks.done();
  }
}

/** A count of null repeats an earlier one. */
const said = (usage: Json): Json =>
  Object.fromEntries(Object.entries(usage).filter(([, value]) => value !== null));

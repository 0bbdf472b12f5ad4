import type { Call, SseEvent } from '../../../../core/contracts/index.ts';
import { ChatChunks } from '../../../../kits/dialect-kit/chat-chunks.ts';
import { hiddenThought, signedThought } from '../../../../kits/dialect-kit/claude-thought.ts';
import { isObject, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { finishReason } from '../stop-reasons.ts';
import { chatUsage } from '../usage.ts';
import { annotationsOf } from './annotations.ts';
import { imagesOf, isCall } from './answer.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

/** A block that is open. */
interface Open {
  /** number of the tool call that it is, from 0; undefined: it is none */
  readonly call?: number;
  /** its text is no part of the answer */
  readonly isHidden?: boolean;
  readonly format?: unknown;
  thought: string;
  hasArguments: boolean;
}

/** Makes the events of one answer of the Converse API into the chunks of a chat. */
export class ChatEvents {
  readonly #chunks: ChatChunks;
  readonly #model: string | undefined;
  /** by their index: blocks may come at the same time */
  readonly #open = new Map<unknown, Open>();
  #calls = 0;
  #usage: Json | undefined;
  #isOver = false;

  constructor(call: Call | undefined) {
    this.#chunks = new ChatChunks(call);
    this.#model = call?.model;
  }

  of({ event, data }: SseEvent): SseEvent[] {
    if (data === '[DONE]') this.#end();
    else {
      const body = parseExact(data);
      if (isObject(body)) this.#read(event, body);
    }
    return this.#chunks.take();
  }

  #read(event: string, body: Json): void {
    switch (event) {
      case 'messageStart':
        return this.#begin();
      case 'contentBlockStart':
        return this.#start(body);
      case 'contentBlockDelta':
        return this.#go(body.contentBlockIndex, isObject(body.delta) ? body.delta : {});
      case 'contentBlockStop':
        return this.#close(body.contentBlockIndex);
      case 'messageStop':
        return this.#stop(body.stopReason);
      case 'metadata':
        if (isObject(body.usage)) this.#usage = body.usage;
    }
  }

  #begin(): void {
    if (this.#chunks.hasBegun) return;
    this.#chunks.begin({ model: this.#model });
    this.#chunks.role();
  }

  #start({ contentBlockIndex: index, start }: Json): void {
    this.#begin();
    const { toolUse, toolResult, image } = isObject(start) ? start : {};
    const block = { thought: '', hasArguments: false };
    if (isCall(toolUse)) {
      const call = this.#calls++;
      this.#open.set(index, { ...block, call });
      const called = { name: toolUse.name, arguments: '' };
      this.#chunks.delta({
        tool_calls: [{ index: call, id: toolUse.toolUseId, type: 'function', function: called }],
      });
    } else if (isObject(toolUse) || isObject(toolResult)) this.#open.set(index, { ...block, isHidden: true });
    else if (isObject(image)) this.#open.set(index, { ...block, format: image.format });
  }

  #go(index: unknown, { text, toolUse, reasoningContent, citation, image }: Json): void {
    this.#begin();
    const block = this.#open.get(index) ?? this.#opened(index);
    if (block.isHidden) return;
    this.#chunks.speak('content', text);
    if (isObject(toolUse)) this.#argue(block, stringOf(toolUse.input));
    if (isObject(reasoningContent)) this.#think(block, reasoningContent, asNumber(index));
    const annotations = isObject(citation) ? annotationsOf([citation]) : [];
    if (annotations.length > 0) this.#chunks.delta({ annotations });
    const images = isObject(image) ? imagesOf({ format: block.format, ...image }) : [];
    if (images.length > 0) this.#chunks.delta({ images });
  }

  /** A text begins without a start of its block. */
  #opened(index: unknown): Open {
    const block = { thought: '', hasArguments: false };
    this.#open.set(index, block);
    return block;
  }

  #think(block: Open, { text, signature, redactedContent }: Json, index: number): void {
    if (typeof text === 'string' && text !== '') {
      block.thought += text;
      this.#chunks.speak('reasoning_content', text);
    }
    if (typeof signature === 'string' && signature !== '')
      this.#chunks.delta({ reasoning_details: [signedThought(block.thought, signature, index)] });
    if (typeof redactedContent === 'string')
      this.#chunks.delta({ reasoning_details: [hiddenThought(redactedContent, index)] });
  }

  #argue(block: Open, text: string): void {
    if (text === '' || block.call === undefined) return;
    block.hasArguments = true;
    this.#chunks.delta({ tool_calls: [{ index: block.call, function: { arguments: text } }] });
  }

  /** Clients parse the arguments, and an empty text is no JSON. */
  #close(index: unknown): void {
    const block = this.#open.get(index);
    if (block?.call !== undefined && !block.hasArguments) this.#argue(block, '{}');
    this.#open.delete(index);
  }

  #stop(reason: unknown): void {
    this.#begin();
    this.#chunks.finish(finishReason(reason));
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#usage) this.#chunks.usage(chatUsage(this.#usage));
    this.#chunks.done();
  }
}

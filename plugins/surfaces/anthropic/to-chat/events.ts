import type { SseEvent } from '../../../../core/contracts/index.ts';
import { signedThoughts } from '../../../../kits/dialect-kit/claude-thought.ts';
import { hasEnded, ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { OneChoice } from '../../../../kits/dialect-kit/one-choice.ts';
import { spokenIn, toolCallsOf } from '../../../../kits/dialect-kit/spoken.ts';
import { deltaOf } from '../../../../kits/dialect-kit/text-of.ts';
import { tokensOf } from '../../../../wire/estimate-tokens.ts';
import { stopOf } from '../stop-reasons.ts';
import { messagesUsage } from '../usage.ts';
import { beginning } from './answer.ts';
import { Blocks } from './blocks.ts';
import { ToolUses } from './tool-uses.ts';
import { asText } from '../../../../kits/dialect-kit/as-text.ts';

/** Makes the chunks of one chat stream into the events of a message. */
export class MessageEvents {
  #out: SseEvent[] = [];
  readonly #blocks = new Blocks((body) => this.#write(body));
  readonly #tools = new ToolUses(this.#blocks);
  readonly #one = new OneChoice();
  #hasBegun = false;
  #last: Json | undefined;
  #refused = false;
  #usage: Json | undefined;
  /** the event with the stop reason and the usage was sent */
  #hasSaidWhy = false;
  #isOver = false;
  #bytes = 0;
  /** pieces that came in the middle of a call's arguments */
  #held: [kind: 'text' | 'thinking' | 'signature' | 'hidden', piece: string][] = [];

  of({ data }: SseEvent): SseEvent[] {
    this.#out = [];
    const text = data.trim();
    if (text === '[DONE]') this.#end();
    else {
      const chunk = parseExact(text);
      if (isObject(chunk)) this.#read(chunk);
    }
    return this.#out;
  }

  #read(chunk: Json): void {
    if (isObject(chunk.usage)) this.#usage = chunk.usage;
    const choices = objectsOf(chunk.choices);
    const choice = this.#one.among(choices);
    if (!choice && (choices.length > 0 || !this.#usage)) return;
    this.#begin(chunk);
    if (choice) this.#readChoice(choice);
    // The usage comes in a chunk of its own, after the reason.
    else if (this.#last) this.#sayWhy();
  }

  #readChoice(choice: Json): void {
    const delta = deltaOf(choice);
    const { reasoning, text } = spokenIn(delta);
    this.#bytes += reasoning.length + text.length;
    if (reasoning !== '') this.#held.push(['thinking', reasoning]);
    for (const { signature, data } of signedThoughts(delta.reasoning_details))
      this.#held.push(signature === '' ? ['hidden', asText(data)] : ['signature', signature]);
    if (text !== '') this.#held.push(['text', text]);
    if (this.#held.length > 0 && !this.#tools.isWriting) this.#sayHeld();
    if (stringOf(delta.refusal) !== '') this.#refused = true;
    for (const call of toolCallsOf(delta)) this.#bytes += this.#tools.add(call);
    if (!hasEnded(choice)) return;
    this.#last = choice;
    this.#endBlocks();
  }

  #sayHeld(): void {
    for (const [kind, piece] of this.#held) {
      if (kind === 'signature') this.#blocks.sign(piece);
      else if (kind === 'hidden') this.#blocks.hide(piece);
      else this.#blocks.speak(kind, piece);
    }
    this.#held = [];
  }

  #endBlocks(): void {
    this.#tools.end(ownReason(stringOf(this.#last?.finish_reason)) === 'length');
    this.#sayHeld();
    this.#blocks.end();
  }

  #begin(chunk: Json): void {
    if (this.#hasBegun) return;
    this.#hasBegun = true;
    const usage = { ...messagesUsage(this.#usage ?? {}), output_tokens: 0 };
    const message = { ...beginning(chunk), content: [], stop_reason: null, stop_sequence: null, usage };
    this.#write({ type: 'message_start', message });
  }

  #sayWhy(): void {
    if (this.#hasSaidWhy) return;
    this.#hasSaidWhy = true;
    const delta = stopOf(this.#last ?? {}, { calls: this.#tools.any, refused: this.#refused });
    const usage = this.#usage
      ? messagesUsage(this.#usage)
      : { output_tokens: tokensOf(this.#bytes), estimated: true };
    this.#write({ type: 'message_delta', delta, usage });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#begin({});
    this.#endBlocks();
    this.#sayWhy();
    this.#write({ type: 'message_stop' });
  }

  #write(body: Json): void {
    this.#out.push({ event: body.type as string, data: JSON.stringify(body) });
  }
}

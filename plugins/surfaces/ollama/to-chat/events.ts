import type { SseEvent } from '../../../../core/contracts/index.ts';
import { append } from '../../../../kits/dialect-kit/append.ts';
import { hasEnded, ownReason } from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { OneChoice } from '../../../../kits/dialect-kit/one-choice.ts';
import { spokenIn, toolCallsOf } from '../../../../kits/dialect-kit/spoken.ts';
import { deltaOf } from '../../../../kits/dialect-kit/text-of.ts';
import { tokensOf } from '../../../../wire/estimate-tokens.ts';
import { beginning, ending, logprobsIn } from './answer.ts';
import type { Line, Spoken } from './lines.ts';
import { ToolCalls } from './tool-calls.ts';

/** Makes the chunks of one stream of chat or completions into Ollama's lines. */
export class LineEvents {
  readonly #line: Line;
  readonly #asked: number;
  readonly #after: ((text: string) => Json) | undefined;
  #text = '';
  #spoke: number | undefined;
  #out: SseEvent[] = [];
  readonly #tools = new ToolCalls();
  readonly #one = new OneChoice();
  #model: unknown;
  #last: Json | undefined;
  /** the last chunk that says more than a piece: its usage and timings */
  #counted: Json = {};
  #bytes = 0;
  #isOver = false;

  /**
   * @param asked when, on the clock of `performance.now()`
   * @param after what the last line has beside, by all that was said
   */
  constructor(line: Line, asked: number, after?: (text: string) => Json) {
    this.#line = line;
    this.#asked = asked;
    this.#after = after;
  }

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
    this.#model ??= chunk.model;
    const { usage, timings } = chunk;
    if (isObject(usage)) this.#counted = { ...this.#counted, usage };
    if (isObject(timings)) this.#counted = { ...this.#counted, timings };
    const choices = objectsOf(chunk.choices);
    const choice = this.#one.among(choices);
    if (choice) this.#readChoice(choice);
    // The usage comes in a chunk of its own, after the reason.
    else if (choices.length === 0 && this.#last && isObject(usage)) this.#end();
  }

  #readChoice(choice: Json): void {
    const delta = deltaOf(choice);
    const { reasoning, text } = spokenIn(delta);
    const calls = toolCallsOf(delta).flatMap((call) => this.#tools.add(call));
    if (hasEnded(choice)) {
      this.#last = choice;
      append(calls, this.#tools.end(ownReason(stringOf(choice.finish_reason)) === 'length'));
    }
    this.#say({ text, reasoning, calls }, logprobsIn(choice));
  }

  #say(spoken: Required<Spoken>, more: Json): void {
    const { text, reasoning, calls } = spoken;
    if (text === '' && reasoning === '' && calls.length === 0) return;
    this.#bytes += text.length + reasoning.length + (calls.length > 0 ? JSON.stringify(calls).length : 0);
    if (this.#after) this.#text += text;
    this.#spoke ??= performance.now();
    this.#write({ ...beginning(this.#model), ...this.#line(spoken), done: false, ...more });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const calls = this.#tools.end(false);
    if (calls.length > 0) this.#say({ text: '', reasoning: '', calls }, {});
    const moments = { asked: this.#asked, spoke: this.#spoke, ended: performance.now() };
    this.#write({
      ...beginning(this.#model),
      ...this.#line({ text: '' }),
      ...ending(this.#last ?? {}, this.#counted, moments),
      ...this.#after?.(this.#text),
      ...(isObject(this.#counted.usage) ? {} : { eval_count: tokensOf(this.#bytes), estimated: true }),
    });
  }

  #write(body: Json): void {
    this.#out.push({ event: '', data: JSON.stringify(body) });
  }
}

import type { Fold } from '../../../../core/contracts/index.ts';
import { ChoicesFold, type ChoiceFold } from './fold-choices.ts';
import { ToolCallsFold } from '../../../../kits/dialect-kit/fold-tool-calls.ts';
import { isObject, objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { mergeInto } from '../../../../kits/dialect-kit/merge.ts';
import { deltaOf, partsOf } from '../../../../kits/dialect-kit/text-of.ts';

/** Folds chat chunks into a chat.completion. */
export const foldChat = (): Fold => new ChoicesFold('chat.completion', () => new ChatChoice());

class ChatChoice implements ChoiceFold {
  /** members beside message and logprobs: finish_reason, vendors' additions */
  readonly #rest: Json = {};
  readonly #message: Json = {};
  readonly #logprobs: Json = {};
  readonly #calls = new ToolCallsFold();
  #content = '';

  add(choice: Json): void {
    const { index: _, delta: _delta, message: _message, text: _text, logprobs, ...rest } = choice;
    this.#addDelta(deltaOf(choice));
    if (isObject(logprobs)) mergeInto(this.#logprobs, logprobs);
    for (const [name, value] of Object.entries(rest)) if (says(value)) this.#rest[name] = value;
  }

  result(index: number): Json {
    const { role, refusal, ...others } = this.#message;
    const calls = this.#calls.result();
    const message: Json = {
      role: stringOf(role) || 'assistant',
      content: this.#content,
      refusal: stringOf(refusal) || null,
      ...others,
      ...(calls.length > 0 ? { tool_calls: calls } : {}),
    };
    if (this.#content === '' && speaksOtherwise(message)) message.content = null;
    const logprobs = says(this.#logprobs) ? { content: null, refusal: null, ...this.#logprobs } : null;
    return { index, message, logprobs, finish_reason: null, ...this.#rest };
  }

  #addDelta({ content, tool_calls, index: _, ...others }: Json): void {
    const { text, reasoning, others: parts } = partsOf(content);
    this.#content += text;
    if (reasoning !== '') mergeInto(this.#message, { reasoning_content: reasoning });
    // A message's content is a string to every client: other content is kept beside it.
    if (parts.length > 0) mergeInto(this.#message, { content_parts: parts });
    this.#calls.add(objectsOf(tool_calls));
    mergeInto(this.#message, others);
  }
}

const says = (value: unknown): boolean =>
  value !== null &&
  value !== undefined &&
  value !== '' &&
  (!isObject(value) || Object.keys(value).length > 0);

const speaksOtherwise = ({ tool_calls, function_call, refusal, audio }: Json): boolean =>
  Boolean(tool_calls ?? function_call ?? refusal ?? audio);

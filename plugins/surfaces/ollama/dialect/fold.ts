import type { Fold, SseEvent } from '../../../../core/contracts/index.ts';
import { append } from '../../../../kits/dialect-kit/append.ts';
import { isObject, objectsOf, parseExact, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** One answer of a stream's lines, as Ollama itself makes it: the texts joined, all else from the last line. */
export function foldLines(): Fold {
  const parts = new LineParts();
  return { add: (event) => parts.add(event), result: () => parts.result() };
}

class LineParts {
  readonly #texts: Record<string, string> = {};
  readonly #calls: Json[] = [];
  readonly #logprobs: unknown[] = [];
  #last: Json = {};

  add({ data }: SseEvent): void {
    const line = parseExact(data);
    if (!isObject(line)) return;
    this.#last = line;
    const said = isObject(line.message) ? line.message : line;
    for (const name of ['content', 'response', 'thinking'])
      if (typeof said[name] === 'string') this.#texts[name] = stringOf(this.#texts[name]) + said[name];
    append(this.#calls, objectsOf(said.tool_calls));
    if (Array.isArray(line.logprobs)) append(this.#logprobs, line.logprobs as unknown[]);
  }

  result(): unknown {
    const { message } = this.#last;
    const said = { ...this.#texts, ...(this.#calls.length > 0 && { tool_calls: this.#calls }) };
    const logprobs = this.#logprobs.length > 0 ? { logprobs: this.#logprobs } : {};
    return isObject(message)
      ? { ...this.#last, message: { ...message, ...said }, ...logprobs }
      : { ...this.#last, ...said, ...logprobs };
  }
}

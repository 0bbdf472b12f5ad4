import type { Call, Reader, EventMeaning, SseEvent } from '../../core/contracts/index.ts';
import { errorIn, errorText } from './error-text.ts';
import { isObject, parse, stringOf } from './json.ts';
import { CONTENT, NOTHING, TERMINAL, failed } from './signs.ts';

/** streams whose last event is known: images, speech, transcriptions */
const KNOWN = /^(image_generation|image_edit|speech\.audio|transcript\.text)\./;
const LAST = /^((image_generation|image_edit)\.completed|(speech\.audio|transcript\.text)\.done)$/;

/**
 * Reads any stream: every event that is no error is content. An end of the connection is accepted unless a closing
 * event was due.
 */
export const genericReader = (call: Call): Reader => new GenericReader(Math.max(1, call.choices));

class GenericReader implements Reader {
  readonly explained = false;
  readonly #asked: number;
  #last = 0;
  #content = false;
  #closes = false;

  constructor(asked: number) {
    this.#asked = asked;
  }

  get finished(): boolean {
    return this.#last >= this.#asked || (this.#content && !this.#closes);
  }

  /** Such streams are few and their events large: each event is parsed. */
  quiet(): boolean {
    return false;
  }

  read({ event, data }: SseEvent): EventMeaning {
    const text = data.trim();
    if (text === '[DONE]') return TERMINAL;
    const body = parse(text);
    if (event === 'error') return failed(errorIn(body) ?? errorText(body) ?? errorText(text), body);
    if (!isObject(body)) {
      return this.#content || text === ''
        ? NOTHING
        : failed(`not an event of this API: ${text.slice(0, 200)}`);
    }
    const error = errorIn(body);
    if (error !== undefined) return failed(error, body);
    this.#content = true;
    return this.#readType(stringOf(body.type) || event);
  }

  #readType(type: string): EventMeaning {
    if (KNOWN.test(type)) this.#closes = true;
    if (!LAST.test(type)) return CONTENT;
    this.#last += 1;
    return { content: true, terminal: this.#last >= this.#asked };
  }
}

import { StreamEstimate } from '../../../../wire/estimate-tokens.ts';
import type { Call, Reader, EventMeaning, SseEvent } from '../../../../core/contracts/index.ts';
import { choiceCarries } from '../../../../kits/dialect-kit/carries.ts';
import { choicesQuiet } from './choices-quiet.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import {
  explainsSilence,
  failureIn,
  hasEnded,
  hasFailed,
} from '../../../../kits/dialect-kit/finish-reasons.ts';
import { isObject, objectsOf, parse, type Json } from '../../../../kits/dialect-kit/json.ts';
import { hasCounted, hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { CONTENT, NOTHING, TERMINAL, failed } from '../../../../kits/dialect-kit/signs.ts';
import { textOf } from '../../../../kits/dialect-kit/text-of.ts';
import { Malformed } from '../../../../wire/malformed.ts';
import { withoutUsage } from './without-usage.ts';

/** Choices that a server may send although fewer were asked for. */
const MOST_CHOICES = 1_024;
/** characters of the text that are kept for a message, in case the answer turns out to be an error */
const KEPT = 500;

/** Reads a stream of chunks with `choices`: chat and completions alike. */
export const choicesReader = (call: Call): Reader => new ChoicesReader(call);

class ChoicesReader implements Reader {
  readonly #call: Call;
  readonly #asked: number;
  #explained = false;
  #counted = false;
  readonly #begun = new Set<unknown>();
  readonly #ended = new Set<unknown>();
  #content = false;
  #text = '';
  #before: Json = {};
  readonly #estimate = new StreamEstimate();

  constructor(call: Call) {
    this.#call = call;
    this.#asked = Math.max(1, call.choices);
  }

  get #most(): number {
    return Math.max(this.#asked, MOST_CHOICES);
  }

  get finished(): boolean {
    // A choice beyond the requested ones ends no other one.
    return this.#ended.size >= Math.max(this.#asked, this.#begun.size);
  }

  get unreasoned(): boolean {
    return this.#ended.size === 0;
  }

  get explained(): boolean {
    return this.#explained || (this.#ended.size > 0 && (this.#counted || hasStop(this.#call)));
  }

  quiet(events: string): boolean {
    const chunks = choicesQuiet(events);
    if (chunks > 0) this.#estimate.passed(chunks, events.length);
    return chunks !== -1;
  }

  get tokens(): number {
    return this.#estimate.tokens;
  }

  read({ event, data }: SseEvent): EventMeaning {
    const text = data.trim();
    if (text === '[DONE]') return TERMINAL;
    const chunk = parse(text);
    if (event === 'error') return failed(errorIn(chunk) ?? errorText(chunk) ?? errorText(text), chunk);
    if (isObject(chunk)) {
      this.#estimate.read(text, chunk.choices);
      return this.#readChunk(chunk);
    }
    return this.#content || text === '' || event === 'ping'
      ? NOTHING
      : failed(`not an event of this API: ${text.slice(0, 200)}`);
  }

  #readChunk(chunk: Json): EventMeaning {
    const choices = objectsOf(chunk.choices);
    if (choices.length > this.#most || this.#begun.size > this.#most) throw tooMany(this.#most);
    const content = choices.some(choiceCarries);
    const isLate = choices.length === 0 || (this.finished && !choices.some(hasEnded));
    const before = this.#before;
    this.#before = chunk;
    for (const [position, choice] of choices.entries()) this.#note(choice, position);
    if (hasCounted(chunk.usage)) this.#counted = true;
    const broken = choices.find(hasFailed);
    if (broken) return failed(errorIn(chunk) ?? failureIn(broken, this.#text), chunk);
    if (content) {
      this.#content = true;
      return CONTENT;
    }
    // Beside choices only an `error` counts: other members may be anything.
    const error = errorIn(choices.length > 0 ? { error: chunk.error } : chunk);
    if (error !== undefined) return failed(error, chunk);
    // Some servers send it as an empty delta after the last one.
    if (!isObject(chunk.usage) || !isLate) return NOTHING;
    return { content: false, terminal: false, uncounted: withoutUsage(chunk, before) };
  }

  #note(choice: Json, position: number): void {
    if (this.#text.length < KEPT) this.#text += textOf(choice).slice(0, KEPT);
    if (explainsSilence(choice)) this.#explained = true;
    const place = choice.index ?? position;
    this.#begun.add(place);
    if (hasEnded(choice)) this.#ended.add(place);
  }
}

const tooMany = (most: number): Malformed => new Malformed(`more than ${most} choices`);

import type { Call, EventMeaning, Reader, SseEvent } from '../../../../core/contracts/index.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, objectsOf, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, failed, NOTHING } from '../../../../kits/dialect-kit/signs.ts';
import { StreamReader } from '../../../../kits/dialect-kit/stream-reader.ts';
import { explainsEnd, hasFailed } from '../finish-reasons.ts';
import { candidateCount } from './candidate-count.ts';
import { failureText } from './judge.ts';
import { blockReason, candidateCarries, hasCounted } from './parts.ts';
import { hasStop } from './stops.ts';

/** Every piece that ends or breaks an answer contains one of these words. */
const LOUD = ['finishReason', 'blockReason', '"error"'];

/** Reads a stream of the Gemini API: answers in pieces, the last of which has the finish reason. */
export const geminiReader = (call: Call): Reader => new GeminiReader(call);

class GeminiReader extends StreamReader {
  /** how many candidates were asked for; undefined: that was not needed yet */
  #asked: number | undefined;
  readonly #begun = new Set<unknown>();
  readonly #ended = new Set<unknown>();
  #isBlocked = false;
  #content = false;

  constructor(call: Call) {
    super(call, LOUD, hasStop);
  }

  get finished(): boolean {
    if (this.#ended.size === 0) return this.#isBlocked;
    // A model may give fewer than were asked for: its candidates come side by side, so that all of them have begun by then.
    if (this.#ended.size === this.#begun.size) return true;
    this.#asked ??= candidateCount(this.call);
    return this.#ended.size >= this.#asked;
  }

  read({ event, data }: SseEvent): EventMeaning {
    const text = data.trim();
    const body = parse(text);
    if (event === 'error') return failed(errorIn(body) ?? errorText(body) ?? errorText(text), body);
    if (!isObject(body)) {
      const passes = this.#content || text === '' || text === '[DONE]';
      return passes ? NOTHING : failed(`not an event of this API: ${text.slice(0, 200)}`);
    }
    const candidates = objectsOf(body.candidates);
    const error = candidates.length > 0 ? undefined : errorIn(body);
    if (error !== undefined) return failed(error, body);
    this.estimate.read(
      text,
      candidates.map(({ content }) => content),
    );
    return this.#readPiece(body, candidates);
  }

  #readPiece(body: Json, candidates: readonly Json[]): EventMeaning {
    const carries = candidates.some(candidateCarries);
    this.#content ||= carries;
    for (const [position, candidate] of candidates.entries()) this.#note(candidate, position);
    const broken = candidates.find(({ finishReason }) => hasFailed(stringOf(finishReason)));
    if (broken) return failed(failureText(broken), body);
    if (candidates.length === 0 && blockReason(body) !== '') this.#isBlocked = this.isExplained = true;
    if (this.#ended.size > 0 && hasCounted(body)) this.isExplained = true;
    return carries ? CONTENT : NOTHING;
  }

  #note({ index = undefined, finishReason }: Json, position: number): void {
    const place = index ?? position;
    const reason = stringOf(finishReason);
    this.#begun.add(place);
    if (reason !== '') this.#ended.add(place);
    if (explainsEnd(reason)) this.isExplained = true;
  }
}

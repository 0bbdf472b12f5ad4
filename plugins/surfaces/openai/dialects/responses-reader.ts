import { StreamEstimate } from '../../../../wire/estimate-tokens.ts';
import type { Call, ErrorBody, EventMeaning, Reader, SseEvent } from '../../../../core/contracts/index.ts';
import { holds } from '../../../../kits/dialect-kit/carries.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { beginningCarries, itemCarries, responseCarries } from './response-items.ts';
import { failedResponse, responsesFailure } from './responses-failure.ts';
import { responsesQuiet } from './responses-quiet.ts';
import { hasCounted, hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { CONTENT, NOTHING, failed } from '../../../../kits/dialect-kit/signs.ts';

/** Reads a stream of the Responses API: typed events, closed by the whole response. */
export const responsesReader = (call: Call): Reader => new ResponsesReader(call);

class ResponsesReader implements Reader {
  /** Only the closing event proves the end. */
  readonly finished = false;
  readonly #call: Call;
  #explained = false;
  #ended = false;
  #content = false;
  /** as it began */
  #response: Json | undefined;
  /** of the event that comes next */
  #number = 0;
  /** the error of the upstream's own error event */
  #error: ErrorBody['error'] | undefined;
  #hasFailed = false;
  readonly #estimate = new StreamEstimate();

  constructor(call: Call) {
    this.#call = call;
  }

  get explained(): boolean {
    return this.#explained || (this.#ended && hasStop(this.#call));
  }

  quiet(events: string): boolean {
    const count = responsesQuiet(events);
    if (count > 0) {
      this.#estimate.passed(count, events.length);
      this.#number += count;
    }
    return count !== -1;
  }

  fail(said: ErrorBody, status: number, told: boolean): SseEvent[] {
    const response = this.#response;
    if (this.#hasFailed || (told && !response)) return [];
    if (!response) return [responsesFailure(said)];
    const shown = told && this.#error ? { error: { ...said.error, ...this.#error } } : said;
    return failedResponse(shown, status, { response, number: this.#number, told });
  }

  get tokens(): number {
    return this.#estimate.tokens;
  }

  read({ event, data }: SseEvent): EventMeaning {
    const text = data.trim();
    const body = parse(text);
    const type = isObject(body) ? stringOf(body.type) : '';
    if (isObject(body)) this.#note(type, body);
    if (event === 'error' && !type.startsWith('response.')) {
      return failed(errorIn(body) ?? errorText(body) ?? errorText(text), body);
    }
    if (!isObject(body)) {
      const passes = this.#content || text === '' || text === '[DONE]';
      return passes ? NOTHING : failed(`not an event of this API: ${text.slice(0, 200)}`);
    }
    const sign = this.#readType(type || event, body);
    if (sign.content) {
      this.#content = true;
      this.#estimate.read(text, body.delta ?? body.item);
    }
    return sign;
  }

  #note(type: string, { sequence_number: number, response, error }: Json): void {
    this.#number = (typeof number === 'number' ? number : this.#number) + 1;
    if (isObject(response)) this.#response ??= response;
    if (type === 'response.failed') this.#hasFailed = true;
    else if (isObject(error)) this.#error = error;
  }

  #readType(type: string, body: Json): EventMeaning {
    const response = isObject(body.response) ? body.response : {};
    if (type === 'response.completed' || type === 'response.incomplete') return this.#readEnd(response);
    if (type === 'response.failed') {
      return { ...failed(errorIn(response) ?? errorIn(body)), native: true };
    }
    if (type === 'error' || type === '') {
      const error = errorIn(body) ?? (type === 'error' ? errorText(body) : undefined);
      return error === undefined ? NOTHING : failed(error, body);
    }
    return carriesContent(type, body) ? CONTENT : NOTHING;
  }

  #readEnd(response: Json): EventMeaning {
    const reason = isObject(response.incomplete_details) ? response.incomplete_details.reason : undefined;
    this.#explained =
      reason === 'max_output_tokens' || reason === 'content_filter' || hasCounted(response.usage);
    this.#ended = response.status === 'completed';
    return { content: responseCarries(response), terminal: true };
  }
}

function carriesContent(type: string, { item, delta, text, partial_image_b64: image }: Json): boolean {
  if (type === 'response.output_item.added') return isObject(item) && beginningCarries(item);
  if (type === 'response.output_item.done') return isObject(item) && itemCarries(item);
  return holds(delta) || holds(image) || (type.endsWith('.done') && holds(text));
}

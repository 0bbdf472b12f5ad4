import type { Call, Reader, EventMeaning, SseEvent } from '../../../../core/contracts/index.ts';
import { holds } from '../../../../kits/dialect-kit/carries.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, objectsOf, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { blockCarries, explainsEnd } from './message-parts.ts';
import { CONTENT, NOTHING, TERMINAL, failed } from '../../../../kits/dialect-kit/signs.ts';
import { StreamReader } from '../../../../kits/dialect-kit/stream-reader.ts';

/** Every event that ends or breaks a message contains one of these words. */
const LOUD = ['message_', 'error'];

/** Reads a stream of Anthropic's API: a message in blocks, closed by `message_stop`. */
export const messagesReader = (call: Call): Reader => new MessagesReader(call);

class MessagesReader extends StreamReader {
  #reason = '';
  #content = false;
  /** the message that has begun */
  #id: unknown;

  constructor(call: Call) {
    super(call, LOUD);
  }

  get finished(): boolean {
    return this.#reason !== '';
  }

  read({ event, data }: SseEvent): EventMeaning {
    const text = data.trim();
    const body = parse(text);
    if (!isObject(body)) {
      if (event === 'error') return failed(errorText(text));
      const passes = this.#content || text === '' || text === '[DONE]' || event === 'ping';
      return passes ? NOTHING : failed(`not an event of this API: ${text.slice(0, 200)}`);
    }
    const type = stringOf(body.type) || event;
    if (event === 'error' || type === 'error' || type === '') return readError(event, type, body);
    const sign = this.#readType(type, body);
    if (sign.content) {
      this.#content = true;
      this.estimate.read(text, body.delta ?? body.content_block);
    }
    return sign;
  }

  #readType(type: string, body: Json): EventMeaning {
    if (type === 'message_start') return this.#begin(body);
    if (type === 'message_stop') return TERMINAL;
    if (type === 'message_delta') this.#readEnd(body);
    return carriesContent(type, body) ? CONTENT : NOTHING;
  }

  /** A second start is no end of the message so far. */
  #begin({ message }: Json): EventMeaning {
    const id = isObject(message) ? message.id : undefined;
    if (this.#content && id !== this.#id) return failed('a second message began before the first had ended');
    this.#id = id;
    if (!isObject(message)) return NOTHING;
    // A call by a program of the provider is complete in the first event, and none follows.
    this.#reason ||= stringOf(message.stop_reason);
    return objectsOf(message.content).some(blockCarries) ? CONTENT : NOTHING;
  }

  #readEnd({ delta, usage }: Json): void {
    if (!isObject(delta)) return;
    this.#reason ||= stringOf(delta.stop_reason);
    this.isExplained ||= explainsEnd(this.#reason, usage);
  }
}

/** Clients of this API read named events only: an error event with another name is written again as `error`. */
function readError(event: string, type: string, body: Json): EventMeaning {
  const text = errorIn(body) ?? (type === '' ? undefined : errorText(body));
  if (type === '' && text === undefined) return NOTHING;
  const sign = failed(text, body);
  return event === 'error' && body.type === 'error' ? sign : { ...sign, native: false };
}

function carriesContent(type: string, { content_block: block, delta }: Json): boolean {
  if (type === 'content_block_start') return isObject(block) && blockCarries(block);
  return type === 'content_block_delta' && holds(delta);
}

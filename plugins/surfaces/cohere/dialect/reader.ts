import type { Call, EventMeaning, Reader, SseEvent } from '../../../../core/contracts/index.ts';
import { holds } from '../../../../kits/dialect-kit/carries.ts';
import { errorIn, errorText } from '../../../../kits/dialect-kit/error-text.ts';
import { isObject, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, failed, NOTHING } from '../../../../kits/dialect-kit/signs.ts';
import { StreamReader } from '../../../../kits/dialect-kit/stream-reader.ts';
import { hasFailed } from '../finish-reasons.ts';
import { hasCounted } from '../usage.ts';

/** Each event that ends or breaks a message has one of these. */
const LOUD = ['message-end', 'rror'];
/** Events that carry something of the answer, where it is not empty. */
const SPEAKS = new Set([
  'content-start',
  'content-delta',
  'tool-plan-delta',
  'tool-call-start',
  'tool-call-delta',
]);
/** Reads a stream of Cohere's chat API: blocks and calls, closed by `message-end`. */
export const cohereReader = (call: Call): Reader => new CohereReader(call);

class CohereReader extends StreamReader {
  #content = false;
  finished = false;

  constructor(call: Call) {
    super(call, LOUD);
  }

  read({ event, data }: SseEvent): EventMeaning {
    const body = parse(data);
    if (!isObject(body)) {
      const passes = this.#content || data.trim() === '' || data.trim() === '[DONE]';
      return passes ? NOTHING : failed(`not an event of this API: ${data.slice(0, 200)}`);
    }
    const type = stringOf(body.type) || event;
    if (type === 'message-end') return this.#end(body);
    if (type === '' || type === 'error') return failed(errorIn(body) ?? errorText(body.message));
    const message = isObject(body.delta) ? body.delta.message : undefined;
    if (!SPEAKS.has(type) || !saysSomething(type, message)) return NOTHING;
    this.#content = true;
    this.estimate.read(data, message);
    return CONTENT;
  }

  #end({ delta }: Json): EventMeaning {
    const { finish_reason: reason, usage, error } = isObject(delta) ? delta : {};
    if (hasFailed(reason) || error) return failed(errorText(error) ?? `it ended with ${stringOf(reason)}`);
    this.finished = true;
    this.isExplained = (stringOf(reason) !== '' && reason !== 'COMPLETE') || hasCounted(usage);
    return { content: false, terminal: true };
  }
}

/** A call carries content from its name on. */
const saysSomething = (type: string, message: unknown): boolean =>
  type.startsWith('tool-call') ? isObject(message) : holds(message);

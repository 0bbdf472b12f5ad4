import type { Call, EventMeaning, Reader, SseEvent } from '../../../../core/contracts/index.ts';
import { isObject, parse, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { CONTENT, failed, NOTHING } from '../../../../kits/dialect-kit/signs.ts';
import { StreamReader } from '../../../../kits/dialect-kit/stream-reader.ts';
import { explainsEnd, hasFailed } from '../stop-reasons.ts';
import { hasCounted } from '../usage.ts';
import { carries } from './blocks.ts';
import { foreignRefusal, isException } from './errors.ts';
import { hasStop } from './stops.ts';

/** Reads a stream of the Converse API: a message in blocks, its reason in `messageStop`, its tokens in `metadata`. */
export const converseReader = (call: Call): Reader => new ConverseReader(call);

class ConverseReader extends StreamReader {
  #reason = '';
  #content = false;

  constructor(call: Call) {
    super(call, [], hasStop);
  }

  get finished(): boolean {
    return this.#reason !== '';
  }

  /** Each event is parsed: streams of this API are always translated. */
  override quiet(): boolean {
    return false;
  }

  read({ event, data }: SseEvent): EventMeaning {
    const body = parse(data);
    // An exception arrives inside a stream of status 200.
    if (isException(event)) return { ...failed(textOf(event, body)), native: false };
    if (!isObject(body)) return this.#content ? NOTHING : failed(`not an event of this API: ${event}`);
    if (event === 'messageStop') return this.#stop(stringOf(body.stopReason));
    if (event === 'metadata') this.isExplained ||= hasCounted(body.usage);
    const piece = pieceIn(body);
    if (!piece || !carries(piece)) return NOTHING;
    this.#content = true;
    this.estimate.read(data, piece);
    return CONTENT;
  }

  #stop(reason: string): EventMeaning {
    this.#reason = reason || 'end_turn';
    if (!this.#content && hasFailed(reason)) return failed(`the model's answer is not valid (${reason})`);
    this.isExplained ||= explainsEnd(reason);
    return NOTHING;
  }
}

function pieceIn({ start, delta }: Json): Json | undefined {
  if (isObject(delta)) return delta;
  return isObject(start) ? start : undefined;
}

const textOf = (event: string, body: unknown): string => {
  const said = foreignRefusal(body) ?? '';
  return event === 'error' ? said : `${event}: ${said}`;
};

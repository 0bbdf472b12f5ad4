import type { Framing, StreamEncoder } from '../../core/contracts/index.ts';
import { tryJson } from '../json.ts';
import { eventsIn, frame, parseEvent } from './event.ts';
import { Splitter } from './splitter.ts';

const BLANK_LINE = Buffer.from('\n\n');

/** Server-sent events, which nearly all APIs stream. What is none of these says so itself: their first bytes tell. */
export const SSE: Framing & { readonly encoder: StreamEncoder } = {
  decoder: {
    cutter: () => new Splitter(),
    eventsIn,
    whole: (rest) => (isEvent(rest) ? Buffer.concat([rest, BLANK_LINE]) : undefined),
  },
  encoder: {
    name: 'sse',
    contentType: 'text/event-stream; charset=utf-8',
    frame,
    end: () => '',
    comment: ': keep-alive\n\n',
  },
};

/** For clients that take nothing but `data:` lines: Google's SDKs fail at a comment, or lose an event beside it. */
export const BARE_SSE: Framing & { readonly encoder: StreamEncoder } = {
  decoder: SSE.decoder,
  encoder: { ...SSE.encoder, name: 'bare-sse', comment: '\n\n' },
};

/** Whether it only lacks its empty line. */
function isEvent(rest: Buffer): boolean {
  if (rest.length === 0) return false;
  const { data } = parseEvent(rest.toString());
  return data === '[DONE]' || typeof (tryJson(data) ?? undefined) === 'object';
}

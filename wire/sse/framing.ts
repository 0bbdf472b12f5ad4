import type { Framing, StreamEncoder } from '../../core/contracts/index.ts';
import { eventsIn, frame } from './event.ts';
import { Splitter } from './splitter.ts';

/** Server-sent events, which nearly all APIs stream. What is none of these says so itself: their first bytes tell. */
export const SSE: Framing & { readonly encoder: StreamEncoder } = {
  decoder: {
    cutter: () => new Splitter(),
    eventsIn,
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

import type { EventBytes, SseEvent } from '../../core/contracts/index.ts';

/** Two line ends or more, each of which may be written in three ways. */
const EMPTY_LINES = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)+/g;

/** The events in a run of whole ones, in order. Comments and empty events have `data` ''. */
export function* eventsIn(run: Buffer): Generator<EventBytes> {
  // Latin-1 keeps one character a byte, so that indexes are those of the bytes.
  const text = run.toString('latin1');
  let start = 0;
  for (const found of text.matchAll(EMPTY_LINES)) {
    const end = found.index + found[0].length;
    yield { event: parseEvent(run.toString('utf8', start, end)), end };
    start = end;
  }
  if (start < run.length) yield { event: parseEvent(run.toString('utf8', start)), end: run.length };
}

/** Fields of one event, as the specification reads them: several `data` lines are joined by a line feed. */
export function parseEvent(text: string): SseEvent {
  let event = '';
  let data: string | undefined;
  for (const line of (text.startsWith('\uFEFF') ? text.slice(1) : text).split(/\r\n|\n|\r/)) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') continue;
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') event = value;
    else data = data === undefined ? value : `${data}\n${value}`;
  }
  return { event, data: data ?? '' };
}

/** An event as it is written on the wire. */
export function frame({ event, data }: SseEvent): string {
  const lines = data.includes('\n')
    ? data
        .split('\n')
        .map((line) => `data: ${line}\n`)
        .join('')
    : `data: ${data}\n`;
  return `${event === '' ? '' : `event: ${event}\n`}${lines}\n`;
}

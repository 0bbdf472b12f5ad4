import type { EventBytes, SseEvent } from '../../core/contracts/index.ts';

/** Two line ends or more, each of which may be written in three ways. */
const EMPTY_LINES = /(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r)+/g;
const LINE_END = /\r\n|\n|\r/;
const LF = 0x0a;

/** The events in a run of whole ones, in order. Comments and empty events have `data` ''. */
export function eventsIn(run: Buffer): EventBytes[] {
  // Latin-1 keeps one character a byte, so that indexes are those of the bytes.
  const text = run.toString('latin1');
  const endOf = text.includes('\r') ? endOfAny : endOfUsual;
  const events: EventBytes[] = [];
  for (let start = 0; start < run.length;) {
    const end = endOf(text, start);
    events.push({ event: parseEvent(run.toString('utf8', start, end)), end });
    start = end;
  }
  return events;
}

/** Fields of one event, as the specification reads them: several `data` lines are joined by a line feed. */
export function parseEvent(text: string): SseEvent {
  // Nearly all are one line of data.
  if (text.startsWith('data: ') && text.indexOf('\n') === text.length - 2 && !text.includes('\r'))
    return { event: '', data: text.slice(6, -2) };
  let event = '';
  let data: string | undefined;
  for (const line of (text.startsWith('\uFEFF') ? text.slice(1) : text).split(LINE_END)) {
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    if (field !== 'data' && field !== 'event') continue;
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
    if (field === 'event') event = value;
    else data = data === undefined ? value : `${data}\n${value}`;
  }
  return { event, data: data ?? '' };
}

/** @returns the index after the empty lines that end the event, or the end of the text */
function endOfAny(text: string, from: number): number {
  EMPTY_LINES.lastIndex = from;
  return EMPTY_LINES.test(text) ? EMPTY_LINES.lastIndex : text.length;
}

/** The same where each line ends with LF. */
function endOfUsual(text: string, from: number): number {
  const found = text.indexOf('\n\n', from);
  if (found < 0) return text.length;
  let end = found + 2;
  while (text.charCodeAt(end) === LF) end++;
  return end;
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

import { dataLines } from '../../../../kits/dialect-kit/data-lines.ts';

const ERROR = 'rror';
const FINISH = 'finish_reason';
const CHOICES = 'choices"';
const [SPACE, QUOTE, COMMA, COLON, LETTER_N, BRACE] = [0x20, 0x22, 0x2c, 0x3a, 0x6e, 0x7d];

/**
 * The number of chunks in these whole events, where none of them is an end or an error: each has `choices` (so it is no
 * `[DONE]` and no bare error), none mentions an error, and every `finish_reason` is null or ''. Inside JSON a quote is
 * escaped, so text that a model writes can make this -1, which costs a parse and nothing else.
 * @returns -1 where one is an end, an error, or unclear
 */
export function choicesQuiet(events: string): number {
  if (events.includes(ERROR)) return -1;
  for (let at = events.indexOf(FINISH); at !== -1; at = events.indexOf(FINISH, at + FINISH.length)) {
    if (!isOpen(events, at + FINISH.length)) return -1;
  }
  return dataLines(events, hasChoices);
}

function hasChoices(events: string, start: number, end: number): boolean {
  const at = events.indexOf(CHOICES, start);
  return at !== -1 && at < end;
}

/** Whether the value after a key is null or '', or the text was no key at all. */
function isOpen(events: string, at: number): boolean {
  if (events.charCodeAt(at) !== QUOTE) return true;
  at = afterSpaces(events, at + 1);
  const code = events.charCodeAt(at);
  if (code === COMMA || code === BRACE) return true;
  if (code !== COLON) return false;
  at = afterSpaces(events, at + 1);
  const value = events.charCodeAt(at);
  return value === LETTER_N || (value === QUOTE && events.charCodeAt(at + 1) === QUOTE);
}

function afterSpaces(events: string, at: number): number {
  while (events.charCodeAt(at) === SPACE) at += 1;
  return at;
}

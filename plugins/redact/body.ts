import { closingQuote } from '../../wire/json.ts';
import { findInTurns } from './find-in-turns.ts';
import { foundIn, replaced, type Finder, type Found } from './finder.ts';
import type { Placeholders } from './placeholders.ts';

/** Members that are no text of a person or a model. */
const SKIPPED: ReadonlySet<string> = new Set([
  'model',
  'type',
  'role',
  'id',
  'call_id',
  'tool_call_id',
  'tool_use_id',
  'item_id',
  'file_id',
  'previous_response_id',
  'signature',
  'thought_signature',
  'thoughtSignature',
  'encrypted_content',
  'media_type',
  'mimeType',
]);
/** Members whose object is a tool's or a caller's own: all of its members are texts, too. */
const OWN: ReadonlySet<string> = new Set(['args', 'arguments', 'input', 'metadata', 'response', 'variables']);
/** Characters from which on base64 is no text. */
const ENCODED = 4_096;
const BASE64 = /^(?:data:[^\s,]*;base64,)?[\w+/=-]*$/;

/** ms that other requests wait at most, but for one search through a long text */
const TURN_MS = 10;
/** Characters from which on a text is searched in turns. */
const LONG = 65_536;
/** Replacements that are joined at a time. */
const JOINED = 4_096;
/** The time is read once for this many texts. */
const TEXTS = 64;

/**
 * A JSON body without the findings in its texts; every other byte stays as it was written. It yields when other requests
 * should have a turn.
 */
export function* redacting(
  body: string,
  finders: readonly Finder[],
  placeholders: Placeholders,
): Generator<undefined, string> {
  const parts: string[] = [];
  let [kept, member, depth, end, texts] = [0, '', 0, 0, 0];
  const turn = new Turn();
  for (let start = body.indexOf('"'); start !== -1; start = body.indexOf('"', end)) {
    if (depth > 0 || OWN.has(member)) depth = depthOf(body.slice(end, start), depth);
    end = closingQuote(body, start + 1) + 1;
    if (++texts % TEXTS === 0 && turn.isOver) yield* turn.pass();
    const isName = isMember(body, end);
    if (isName) member = body.slice(start + 1, end - 1);
    if (depth === 0 && (isName || SKIPPED.has(member))) continue;
    const written = body.slice(start, end);
    const text = textIn(written, member);
    if (text === undefined) continue;
    const isJson = member === 'arguments';
    const clean =
      text.length < LONG
        ? redactedText(text, foundIn(text, finders, isJson), placeholders)
        : yield* redactingText(text, findInTurns(text, finders, isJson), placeholders, turn);
    if (clean === undefined) continue;
    parts.push(body.slice(kept, start), clean);
    kept = end;
  }
  return kept === 0 ? body : parts.join('') + body.slice(kept);
}

/** How deep in an object of its own the next text stands, by what is between it and the one before; 0: in none. */
function depthOf(between: string, before: number): number {
  if (before === 0 && !/^\s*:\s*\{/.test(between)) return 0;
  let depth = before;
  for (const [bracket] of between.matchAll(/[{}[\]]/g)) {
    depth += bracket === '{' || bracket === '[' ? 1 : -1;
    if (depth === 0) return 0;
  }
  return depth;
}

/** Whether a colon follows: the text is a member's name. */
function isMember(body: string, from: number): boolean {
  let at = from;
  while (/\s/.test(body.charAt(at))) at++;
  return body[at] === ':';
}

/** The time that is left before others have a turn. */
class Turn {
  #dueMs = performance.now() + TURN_MS;

  get isOver(): boolean {
    return performance.now() > this.#dueMs;
  }

  *pass(): Generator<undefined, void> {
    yield;
    this.#dueMs = performance.now() + TURN_MS;
  }
}

/** undefined: a member's value that is no text of a person or a model */
function textIn(written: string, member: string): string | undefined {
  const text = written.includes('\\') ? textOf(written) : written.slice(1, -1);
  return text === undefined || isEncoded(text, member) ? undefined : text;
}

/** @returns undefined: nothing was found in it */
function redactedText(text: string, found: readonly Found[], placeholders: Placeholders): string | undefined {
  return found.length === 0
    ? undefined
    : JSON.stringify(replaced(text, found, (one) => placeholders.of(one)));
}

/** The same for a long text, in turns. */
function* redactingText(
  text: string,
  found: Iterable<Found | undefined>,
  placeholders: Placeholders,
  turn: Turn,
): Generator<undefined, string | undefined> {
  const joined: string[] = [];
  let parts: string[] = [];
  let at = 0;
  for (const one of found) {
    if (turn.isOver) yield* turn.pass();
    if (!one) continue;
    parts.push(text.slice(at, one.start), placeholders.of(one));
    at = one.end;
    if (parts.length < JOINED) continue;
    joined.push(parts.join(''));
    parts = [];
  }
  return at === 0 ? undefined : JSON.stringify(joined.join('') + parts.join('') + text.slice(at));
}

/** undefined: it is none, such as a half of a character */
function textOf(written: string): string | undefined {
  try {
    return JSON.parse(written) as string;
  } catch {
    return undefined;
  }
}

const isEncoded = (text: string, member: string): boolean =>
  (text.length > ENCODED || member === 'data' || text.startsWith('data:')) && BASE64.test(text);

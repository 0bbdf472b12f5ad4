import { closingQuote } from '../../wire/json.ts';
import { foundIn, replaced, type Finder } from './finder.ts';
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
  'data',
  'media_type',
  'mimeType',
]);
/** Characters from which on a text without white space is no text. */
const ENCODED = 4_096;

/** A JSON body without what was found in its texts: every other byte stays as it was written. */
export function redactedBody(body: string, finders: readonly Finder[], placeholders: Placeholders): string {
  const parts: string[] = [];
  let [kept, member] = [0, ''];
  for (let start = body.indexOf('"'); start !== -1;) {
    const end = closingQuote(body, start + 1) + 1;
    if (isMember(body, end)) member = body.slice(start + 1, end - 1);
    else {
      const clean = SKIPPED.has(member)
        ? undefined
        : redactedText(body.slice(start, end), finders, placeholders);
      if (clean !== undefined) {
        parts.push(body.slice(kept, start), clean);
        kept = end;
      }
    }
    start = body.indexOf('"', end);
  }
  return kept === 0 ? body : parts.join('') + body.slice(kept);
}

/** Whether a colon follows: the text is a member's name. */
function isMember(body: string, from: number): boolean {
  let at = from;
  while (/\s/.test(body.charAt(at))) at++;
  return body[at] === ':';
}

/** @returns undefined: nothing was found in it */
function redactedText(
  written: string,
  finders: readonly Finder[],
  placeholders: Placeholders,
): string | undefined {
  const text = written.includes('\\') ? textOf(written) : written.slice(1, -1);
  if (text === undefined || isEncoded(text)) return undefined;
  const found = foundIn(text, finders);
  return found.length === 0
    ? undefined
    : JSON.stringify(replaced(text, found, (one) => placeholders.of(one)));
}

/** undefined: it is none, such as a half of a character */
function textOf(written: string): string | undefined {
  try {
    return JSON.parse(written) as string;
  } catch {
    return undefined;
  }
}

const isEncoded = (text: string): boolean =>
  text.startsWith('data:') || (text.length > ENCODED && !/\s/.test(text));

import { foundIn, replaced, type Finder } from './finder.ts';
import type { Placeholders } from './placeholders.ts';

/** A text in JSON, and whether it is a member's name. */
const TEXT = /"(?:[^"\\]|\\[^])*"(\s*:)?/g;
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
  let member = '';
  return body.replace(TEXT, (written, colon?: string) => {
    if (colon !== undefined) {
      member = written.slice(1, written.lastIndexOf('"'));
      return written;
    }
    if (SKIPPED.has(member)) return written;
    const text = written.includes('\\') ? textOf(written) : written.slice(1, -1);
    if (text === undefined || isEncoded(text)) return written;
    const found = foundIn(text, finders);
    if (found.length === 0) return written;
    return JSON.stringify(replaced(text, found, (one) => placeholders.of(one)));
  });
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

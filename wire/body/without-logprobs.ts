import { closingQuote } from '../json.ts';

/** Members with log probabilities, in the words of any API. */
const NAME = /"(?:top_)?logprobs(?:Result)?"\s*:\s*(?=[[{])/g;
const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];

/**
 * A JSON text with null in the place of its log probabilities: they are optional, and have up to 160 values a token.
 * @returns with how many values were left out, each list, map, and further element or member being one
 */
export function withoutLogprobs(json: string): { readonly text: string; readonly values: number } {
  const parts: string[] = [];
  let [at, values] = [0, 0];
  NAME.lastIndex = 0;
  for (let found = NAME.exec(json); found; found = NAME.exec(json)) {
    // Inside a text the name's quotes are escaped.
    if (json.charCodeAt(found.index - 1) === BACKSLASH) continue;
    const from = NAME.lastIndex;
    const skipped = skip(json, from);
    parts.push(json.slice(at, from), 'null');
    values += skipped.values;
    NAME.lastIndex = at = skipped.end;
  }
  return { text: parts.join('') + json.slice(at), values };
}

/** From the beginning of a list or a map to behind its end. */
function skip(json: string, from: number): { readonly end: number; readonly values: number } {
  let [depth, values] = [0, 0];
  for (let at = from; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = closingQuote(json, at + 1);
    else if (code === COMMA) values++;
    else if (code === 0x5b || code === 0x7b) {
      values++;
      depth++;
    } else if ((code === 0x5d || code === 0x7d) && --depth === 0) return { end: at + 1, values };
  }
  return { end: json.length, values };
}

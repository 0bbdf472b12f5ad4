import { stringEnd } from './walk.ts';

const NAME = 'logprobs';
/** What stands before and behind that in the names of members with log probabilities, in any API. */
const BEFORE = ['"', '"top_'];
const BEHIND = /^(?:Result)?"\s*:\s*(?=[[{])/;
/** bytes in which a value begins behind that */
const NEAR = 64;
const NULL = Buffer.from('null');
const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c];

/**
 * JSON with null in the place of its log probabilities: they are optional, and have up to 160 values a token.
 * @returns with how many values were left out: each list, map, and further element or member is one
 */
export function withoutLogprobs(json: Buffer): { readonly bytes: Buffer; readonly values: number } {
  const parts: Buffer[] = [];
  let [start, values] = [0, 0];
  for (let at = json.indexOf(NAME); at !== -1; at = json.indexOf(NAME, at)) {
    const from = valueOf(json, at);
    at += NAME.length;
    if (from === undefined) continue;
    const skipped = skip(json, from);
    parts.push(json.subarray(start, from), NULL);
    values += skipped.values;
    at = start = skipped.end;
  }
  return values === 0
    ? { bytes: json, values }
    : { bytes: Buffer.concat([...parts, json.subarray(start)]), values };
}

/** Where the list or map of a member begins whose name has these letters; undefined: it is no such member. */
function valueOf(json: Buffer, at: number): number | undefined {
  const before = BEFORE.find((name) => json.toString('latin1', at - name.length, at) === name);
  // Inside a text the name's quotes are escaped.
  if (before === undefined || json[at - before.length - 1] === BACKSLASH) return undefined;
  const behind = at + NAME.length;
  const [found] = BEHIND.exec(json.toString('latin1', behind, behind + NEAR)) ?? [];
  return found === undefined ? undefined : behind + found.length;
}

/** From the beginning of a list or a map to behind its end. */
function skip(json: Buffer, from: number): { readonly end: number; readonly values: number } {
  let [depth, values, at] = [0, 0, from];
  while (at < json.length) {
    const byte = json[at++] as number;
    if (byte === QUOTE) {
      const end = stringEnd(json, at);
      at = end < 0 ? json.length : end;
    } else if (byte === COMMA) values++;
    else if (byte === 0x5b || byte === 0x7b) {
      values++;
      depth++;
    } else if ((byte === 0x5d || byte === 0x7d) && --depth === 0) return { end: at, values };
  }
  return { end: json.length, values };
}

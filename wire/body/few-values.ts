import { TooManyParts } from '../json.ts';
import { Abridged } from './abridged.ts';
import { withoutLogprobs } from './without-logprobs.ts';

/** Most values that are written as events, log probabilities apart: no model writes more, since each takes a token or two. */
export const FEW = 100_000;

/**
 * A JSON text that is written as events: each of its values may become one, and an event is longer than a value.
 * @throws Malformed where it has too many
 */
export function mustBeFew(json: Buffer): void {
  withFew(json);
}

/** The same without its log probabilities, where it has too many values with them. */
export function withFew(json: Buffer, values = valuesIn(json)): Buffer {
  if (values <= FEW) return json;
  const light = withoutLogprobs(json);
  if (values - light.values > FEW) throw new TooManyParts(FEW);
  return light.bytes;
}

function valuesIn(json: Buffer): number {
  if (json.length <= FEW) return 0;
  const copy = new Abridged();
  copy.add(json);
  return copy.values;
}

import type { Call } from '../../../../core/contracts/index.ts';
import { isObject, objectsOf, parseExact, type Json } from '../../../../kits/dialect-kit/json.ts';
import { membersOf } from '../../../../wire/body/json-members.ts';

/** Google's servers take either spelling. */
const NAMES = ['systemInstruction', 'system_instruction'];

/** A system prompt before the caller's own instruction. */
export function promptBefore(call: Call, text: string): Json {
  const spans = membersOf(call, NAMES)?.spans;
  const name = NAMES.find((one) => spans?.has(one)) ?? 'systemInstruction';
  const span = spans?.get(name);
  const own = span && parseExact(call.raw.toString('utf8', span.start, span.end));
  const said = isObject(own) ? own : {};
  return { [name]: { ...said, parts: [{ text }, ...objectsOf(said.parts)] } };
}

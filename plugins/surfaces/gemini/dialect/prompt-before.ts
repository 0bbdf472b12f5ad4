import type { Call } from '../../../../core/contracts/index.ts';
import type { Json } from '../../../../kits/dialect-kit/json.ts';
import { listWithFirst } from '../../../../kits/dialect-kit/prompt-before.ts';
import { members, membersOf } from '../../../../wire/body/json-members.ts';
import { joined } from '../../../../wire/body/pieces.ts';
import { spliced } from '../../../../wire/body/splice-json.ts';

/** Google's servers take either spelling. */
const NAMES = ['systemInstruction', 'system_instruction'];
const PARTS = ['parts'];

/** A system prompt before the caller's own instruction. */
export function promptBefore(call: Call, text: string): Json {
  const spans = membersOf(call, NAMES)?.spans;
  const name = NAMES.find((one) => spans?.has(one)) ?? 'systemInstruction';
  const span = spans?.get(name);
  const own = call.raw.subarray(span?.start ?? 0, span?.end ?? 0);
  const said = members(own, PARTS);
  const { start, end } = said?.spans.get('parts') ?? { start: 0, end: 0 };
  const parts = listWithFirst(own.subarray(start, end), { text }) ?? [{ text }];
  return { [name]: said ? joined(spliced(own, { parts }, said)) : { parts } };
}

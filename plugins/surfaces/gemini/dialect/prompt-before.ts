import type { Call } from '../../../../core/contracts/index.ts';
import type { Json } from '../../../../kits/dialect-kit/json.ts';
import { memberAsSent } from '../../../../kits/dialect-kit/member-as-sent.ts';
import { listWithFirst } from '../../../../kits/dialect-kit/prompt-before.ts';
import { members } from '../../../../wire/body/json-members.ts';
import { joined } from '../../../../wire/body/pieces.ts';
import { spliced } from '../../../../wire/body/splice-json.ts';

/** Google's servers take either spelling. */
const NAMES = ['systemInstruction', 'system_instruction'];
const PARTS = ['parts'];

/** A system prompt before the caller's own instruction. */
export function promptBefore(call: Call, text: string): Json {
  const name = NAMES.find((one) => memberAsSent(call, one).length > 0) ?? 'systemInstruction';
  const own = memberAsSent(call, name);
  const said = members(own, PARTS);
  const { start, end } = said?.spans.get('parts') ?? { start: 0, end: 0 };
  const parts = listWithFirst(own.subarray(start, end), { text }) ?? [{ text }];
  return { [name]: said ? joined(spliced(own, { parts }, said)) : { parts } };
}

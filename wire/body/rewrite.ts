import type { Call, Pieces, Target } from '../../core/contracts/index.ts';
import { members, membersOf } from './json-members.ts';
import { formField, withFormField } from './multipart.ts';
import { toSend } from './pieces.ts';
import { removeMember } from './remove-member.ts';
import { spliced } from './splice-json.ts';

/** The upstream's own name of the model that a call asks for. */
export const modelOf = ({ model }: Pick<Call, 'model'>, target: Pick<Target, 'model'>): string =>
  target.model === '*' ? model : target.model;

/**
 * The body as this target must get it: unchanged where the model's name is the same and the target takes everything the
 * call has; otherwise the same bytes except the members that `call.set` and the model map change.
 */
export function rewrite(call: Call, target: Pick<Target, 'model'>): Buffer | Pieces {
  const model = modelOf(call, target);
  const isNamed = model === call.model || call.model === '' || call.pathOf !== undefined;
  const set = isNamed ? call.set : { ...call.set, model };
  if (call.format === 'json' && call.strip) {
    const raw = call.strip.reduce(removeMember, call.raw);
    return set ? toSend(spliced(raw, set, members(raw, Object.keys(set)))) : raw;
  }
  if (!set || call.format === 'opaque') return call.raw;
  if (call.format === 'json') return toSend(spliced(call.raw, set, membersOf(call, Object.keys(set))));
  if (set.model === undefined) return call.raw;
  const type = String(call.headers['content-type']);
  const place = call.fields ? call.fields.get('model') : formField(call.raw, type, 'model');
  return toSend(withFormField(call.raw, type, 'model', String(set.model), place));
}

import type { Call, Target } from '../contracts.ts';
import { splice } from './splice.ts';
import { setFormField } from './multipart.ts';

/**
 * The body as this target must get it: the very same bytes where the model's name is the same and the call asks for
 * nothing the target cannot bear, else the same bytes but for the members that `call.set` and the model map change.
 */
export function rewrite(call: Call, target: Target): Buffer {
  const model = target.model === '*' || target.model === call.model ? undefined : target.model;
  if (call.format === 'json') {
    if (model === undefined || call.model === '') return call.set ? splice(call.raw, call.set) : call.raw;
    return splice(call.raw, { ...call.set, model });
  }
  if (call.format === 'multipart' && model !== undefined) {
    return setFormField(call.raw, String(call.headers['content-type']), 'model', model);
  }
  return call.raw;
}

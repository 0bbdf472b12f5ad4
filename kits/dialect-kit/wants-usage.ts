import type { Call } from '../../core/contracts/index.ts';
import { membersOf, shortAt } from '../../wire/body/json-members.ts';
import { isObject } from './json.ts';

/** Whether the caller of a chat asked for the tokens of its stream. */
export function wantsUsage({ raw, members, format }: Call): boolean {
  if (format !== 'json') return false;
  const span = membersOf({ raw, members }, ['stream_options'])?.spans.get('stream_options');
  const options = shortAt(raw, span);
  return isObject(options) && options.include_usage === true;
}

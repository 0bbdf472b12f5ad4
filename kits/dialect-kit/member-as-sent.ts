import type { Call } from '../../core/contracts/index.ts';
import { membersOf } from '../../wire/body/json-members.ts';

/** A member's JSON as it will be sent: as it was set before, or as it came. Empty where it is absent or removed. */
export function memberAsSent(call: Call, name: string): Buffer {
  const value = call.set?.[name];
  if (value !== undefined) return Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value));
  const span = call.strip?.includes(name) ? undefined : membersOf(call, [name])?.spans.get(name);
  return call.raw.subarray(span?.start ?? 0, span?.end ?? 0);
}

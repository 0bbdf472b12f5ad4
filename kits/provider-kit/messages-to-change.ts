import type { Call } from '../../core/contracts/index.ts';
import { parseExact } from '../dialect-kit/json.ts';
import { memberAsSent } from '../dialect-kit/member-as-sent.ts';

/** The most that is parsed and written again in one turn: some 20 ms. */
const MOST_BYTES = 4 * 1024 * 1024;
const MOST_VALUES = 50_000;

/** Whether messages of a call may be changed for its provider. A longer call passes unchanged, and the provider decides. */
export const isShort = ({ raw, members }: Call): boolean =>
  raw.length <= MOST_BYTES && (members?.values ?? 0) <= MOST_VALUES;

/** @returns undefined: no list */
export function messagesOf(call: Call): unknown[] | undefined {
  const messages = parseExact(memberAsSent(call, 'messages').toString());
  return Array.isArray(messages) ? messages : undefined;
}

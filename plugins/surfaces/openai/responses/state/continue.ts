import type { Call } from '../../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../../core/errors.ts';
import { members, membersOf, valueAt } from '../../../../../wire/body/json-members.ts';
import { removeMember } from '../../../../../wire/body/remove-member.ts';
import { splice } from '../../../../../wire/body/splice-json.ts';
import { listOf, writtenIn, writtenItemsOf, type Items } from './items.ts';
import type { ResponsesMemory } from './memory.ts';
import { notFound } from './not-found.ts';
import { REFERENCE, resolved } from './references.ts';
import type { KeptResponse } from './rows.ts';

/** A request with its references resolved. */
export interface Continued {
  readonly call: Call;
  /** the provider that keeps what it refers to */
  readonly pin?: string | undefined;
}

const PREVIOUS = 'previous_response_id';
const NAMES = [PREVIOUS, 'input'];
/** bytes of the longest id of a response */
const LONGEST = 1_000;

/** Whether a request may have references to kept responses: only its bytes are scanned. */
export const mayRefer = ({ raw }: Call): boolean => raw.includes(`"${PREVIOUS}"`) || raw.includes(REFERENCE);

/**
 * Puts the conversation so far before the new input; a reference to a response that a provider stores goes to that provider.
 * @param isKeptUpstream a provider of the model stores responses itself
 * @throws GatewayError `response_not_found`, `invalid_request`
 */
export async function continued(
  call: Call,
  owner: string,
  memory: ResponsesMemory,
  isKeptUpstream: () => boolean,
): Promise<Continued> {
  const found = membersOf(call, NAMES);
  if (!found) return { call };
  const { raw } = call;
  const { start, end } = found.spans.get(PREVIOUS) ?? { start: 0, end: 0 };
  const id = idIn(raw.subarray(start, end));
  const maker = id === '' ? undefined : await memory.makerOf(id);
  if (maker && maker.owner !== owner) throw notFound(id, memory.enabled, PREVIOUS);
  if (maker) return { call, pin: maker.provider };
  const kept = id === '' ? undefined : await memory.find(id, owner);
  if (id !== '' && !kept) {
    if (isKeptUpstream()) return { call };
    throw notFound(id, memory.enabled, PREVIOUS);
  }
  const given = writtenItemsOf({ raw, members: found });
  const items = await resolved(given, owner, memory);
  if (!kept && items === given) return { call };
  const input = listOf([...(kept ? conversationOf(kept) : []), items]);
  const asked = removeMember(splice(raw, { input }), PREVIOUS);
  return { call: { ...call, raw: asked, members: undefined, ...(kept && { echo: { [PREVIOUS]: id } }) } };
}

/** '': none */
function idIn(written: Buffer): string {
  const id =
    written.length > LONGEST ? undefined : valueAt(written, { start: 0, end: written.length, items: 1 });
  if (written.length === 0 || id === null) return '';
  if (typeof id === 'string') return id;
  throw new GatewayError(
    'invalid_request',
    `'${PREVIOUS}' must be the id of a response; it is ${written.toString('utf8', 0, 100)}`,
    { param: PREVIOUS },
  );
}

const OUTPUT = ['output'];

/** The input of a response, and its output. */
function conversationOf({ response, input }: KeptResponse): Items[] {
  const made = Buffer.from(response);
  const { start, end } = members(made, OUTPUT)?.spans.get('output') ?? { start: 0, end: 0 };
  return [writtenIn(Buffer.from(input)), writtenIn(made.subarray(start, end))];
}

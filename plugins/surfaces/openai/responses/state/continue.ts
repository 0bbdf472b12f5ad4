import type { Call } from '../../../../../core/contracts/index.ts';
import { GatewayError } from '../../../../../core/errors.ts';
import {
  isObject,
  objectsOf,
  parseExact,
  stringOf,
  type Json,
} from '../../../../../kits/dialect-kit/json.ts';
import { isReference, itemsIn, responseOf } from './items.ts';
import type { ResponsesMemory } from './memory.ts';
import { notFound } from './not-found.ts';
import type { KeptResponse } from './store.ts';

/** A request as it is asked, once what it refers to was put in its place. */
export interface Continued {
  readonly call: Call;
  /** the provider that keeps what it refers to */
  readonly pin?: string | undefined;
}

const PREVIOUS = 'previous_response_id';
const REFERENCE = '"item_reference"';

/** Whether a request may refer to what was kept: only its bytes are scanned. */
export const mayRefer = ({ raw }: Call): boolean => raw.includes(`"${PREVIOUS}"`) || raw.includes(REFERENCE);

/**
 * The conversation so far stands before the new input; what refers to a provider's own memory goes to that provider.
 * @param isKeptUpstream a provider of the model has a memory of its own
 * @throws GatewayError `response_not_found`, `invalid_request`
 */
export async function continued(
  call: Call,
  owner: string,
  memory: ResponsesMemory,
  isKeptUpstream: () => boolean,
): Promise<Continued> {
  const body = parseExact(call.raw.toString());
  if (!isObject(body)) return { call };
  const { [PREVIOUS]: previous, ...rest } = body;
  if (typeof (previous ?? '') !== 'string') throw noId(previous);
  const id = stringOf(previous);
  const maker = id === '' ? undefined : await memory.makerOf(id);
  if (maker && maker.owner !== owner) throw notFound(id, memory.enabled, PREVIOUS);
  if (maker) return { call, pin: maker.provider };
  const kept = id === '' ? undefined : await memory.find(id, owner);
  if (id !== '' && !kept) {
    if (isKeptUpstream()) return { call };
    throw notFound(id, memory.enabled, PREVIOUS);
  }
  const given = await resolved(itemsIn(rest.input), owner, memory);
  if (!kept && !given.isChanged) return { call };
  const input = [...(kept ? conversationOf(kept) : []), ...given.items];
  const raw = Buffer.from(JSON.stringify({ ...rest, input }));
  return { call: { ...call, raw, members: undefined, ...(kept && { echo: { [PREVIOUS]: id } }) } };
}

const noId = (given: unknown): GatewayError =>
  new GatewayError(
    'invalid_request',
    `'${PREVIOUS}' must be the id of a response; it is ${JSON.stringify(given).slice(0, 100)}`,
    { param: PREVIOUS },
  );

/** What a response answered, and its answer. */
function conversationOf({ response, input }: KeptResponse): Json[] {
  const made = parseExact(response);
  return [...objectsOf(parseExact(input)), ...objectsOf(isObject(made) ? made.output : [])];
}

/** Some clients (the AI SDK) name the items of earlier responses instead of repeating them. */
async function resolved(
  items: readonly Json[],
  owner: string,
  memory: ResponsesMemory,
): Promise<{ items: Json[]; isChanged: boolean }> {
  const whole = await Promise.all(
    items.map(async (item) =>
      isReference(item) ? ((await itemNamed(item.id, owner, memory)) ?? item) : item,
    ),
  );
  return { items: whole, isChanged: whole.some((item, nth) => item !== items[nth]) };
}

async function itemNamed(id: string, owner: string, memory: ResponsesMemory): Promise<Json | undefined> {
  const response = responseOf(id);
  const kept = response === undefined ? undefined : await memory.find(response, owner);
  const made = kept && parseExact(kept.response);
  return objectsOf(isObject(made) ? made.output : []).find((item) => item.id === id);
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  isObject,
  objectsOf,
  parseExact,
  stringOf,
  type Json,
} from '../../../../../kits/dialect-kit/json.ts';
import { membersAt, valueAt } from '../../../../../wire/body/json-members.ts';
import { responseOf, type Items } from './items.ts';
import type { ResponsesMemory } from './memory.ts';

export const REFERENCE = '"item_reference"';
const NAMES = ['type', 'id'];
/** bytes of the longest reference: it holds a type and an id */
const LONGEST = 512;
/** Places that are examined in one turn of the event loop. */
const AT_ONCE = 256;

/**
 * Some clients (the AI SDK) name the items of earlier responses instead of repeating them: resolves those that are known
 * here.
 */
export async function resolved(items: Items, owner: string, memory: ResponsesMemory): Promise<Items> {
  const known = new Map<string, Promise<Json[]>>();
  let hasWaited = false;
  // A response of another gateway may arrive after one wait.
  const find = async (response: string): Promise<Json[]> => {
    const kept = await memory.find(response, owner, !hasWaited);
    if (!kept) hasWaited = true;
    return outputIn(kept?.response);
  };
  const outputOf = (response: string): Promise<Json[]> => {
    const output = known.get(response) ?? find(response);
    known.set(response, output);
    return output;
  };
  const pieces: Buffer[] = [];
  let copied = 0;
  let count = 0;
  for (const found of placesIn(items)) {
    if (++count % AT_ONCE === 0) await nextTurn();
    if (!found) continue;
    const { id, start, end } = found;
    const response = responseOf(id);
    const item = response && (await outputOf(response)).find((one) => one.id === id);
    if (!item) continue;
    pieces.push(items.subarray(copied, start), Buffer.from(JSON.stringify(item)));
    copied = end;
  }
  return copied === 0 ? items : Buffer.concat([...pieces, items.subarray(copied)]);
}

const outputIn = (response: string | undefined): Json[] => {
  const made = response === undefined ? undefined : parseExact(response);
  return objectsOf(isObject(made) ? made.output : []);
};

interface Place {
  readonly id: string;
  readonly start: number;
  readonly end: number;
}

/** Found by their bytes: an input may be long. @returns undefined for a place that is no reference */
function* placesIn(items: Items): Generator<Place | undefined> {
  let last = -1;
  for (let at = items.indexOf(REFERENCE); at >= 0; at = items.indexOf(REFERENCE, at + 1)) {
    const from = Math.max(0, at - LONGEST);
    const start = from + items.subarray(from, at).lastIndexOf('{');
    yield start < from || start === last ? undefined : referenceAt(items, start);
    last = start;
  }
}

function referenceAt(items: Items, start: number): Place | undefined {
  const object = items.subarray(start, start + LONGEST);
  const found = membersAt(object, 0, NAMES);
  const id = found && stringOf(valueAt(object, found.spans.get('id')));
  if (!id || valueAt(object, found.spans.get('type')) !== 'item_reference') return undefined;
  return { id, start, end: start + found.end };
}

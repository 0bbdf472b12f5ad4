import type { Translation } from '../contracts/index.ts';
import { isUntranslatable } from '../errors.ts';
import { spelledIn } from '../../wire/names.ts';

type Body = Record<string, unknown>;

/** What is left out of one request at most: each is found by one more translation. */
const MOST = 50;
/** A request is none without them. */
const NEEDED = new Set(['model', 'messages', 'contents', 'input', 'prompt']);
/** They say what their object is: it goes with them. */
const LABELS = new Set(['type', 'role']);

/**
 * The request, without what the other API cannot express.
 * @param dropped takes the names of those members, too
 * @throws GatewayError `not_translatable` where nothing is left that could be sent
 */
export function dropRefused(by: Translation, body: Body, dropped: string[], goesOn = false): Body {
  const refused = new Set<string>();
  for (let nth = 0; ; nth++) {
    const told: string[] = [];
    try {
      const request = by.request(body, told, goesOn);
      dropped.push(...refused, ...told.filter((name) => !dropped.includes(name)));
      return request;
    } catch (error) {
      if (!isUntranslatable(error) || error.param === null || nth === MOST) throw error;
      if (!drop(body, pathTo(error.param))) throw error;
      refused.add(error.param);
    }
  }
}

/** `messages[0].content[1].type` as its steps. */
const pathTo = (member: string): string[] => member.split(/[.[\]]+/).filter((step) => step !== '');

/** @returns whether something was removed: the member, or the nearest around it that there is */
function drop(body: Body, path: readonly string[]): boolean {
  const names: string[] = [];
  const holders: Body[] = [];
  let at: unknown = body;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) break;
    const name = spelledIn(at, step);
    const next = (at as Body)[name];
    if (next === undefined || next === null) break;
    names.push(name);
    holders.push(at as Body);
    at = next;
  }
  const isLabel = names.length > 1 && LABELS.has(names.at(-1) as string);
  const depth = isLabel ? names.length - 1 : names.length;
  const [name, holder] = [names[depth - 1], holders[depth - 1]];
  if (name === undefined || (depth === 1 && NEEDED.has(name))) return false;
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else delete (holder as Body)[name];
  return true;
}

import { spelledIn } from '../names.ts';

type Body = Record<string, unknown>;

/** They say what their object is: it goes with them. */
const LABELS = new Set(['type', 'role']);

/** `messages[0].content[1].type` as its steps. */
const pathTo = (member: string): string[] => member.split(/[.[\]]+/).filter((step) => step !== '');

/**
 * Removes a member of a parsed body, or the nearest around it that there is.
 * @param needed members on top that stay
 * @returns whether something was removed
 */
export function dropMember(body: Body, member: string, needed: ReadonlySet<string>): boolean {
  const names: string[] = [];
  const holders: Body[] = [];
  let at: unknown = body;
  for (const step of pathTo(member)) {
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
  if (name === undefined || (depth === 1 && needed.has(name))) return false;
  if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else delete (holder as Body)[name];
  return true;
}

import { spelledIn } from '../names.ts';

type Body = Record<string, unknown>;

/** Members that name the kind of their object: the object is removed with them. */
const LABELS = new Set(['type', 'role']);

/** `messages[0].content[1].type` as its steps. */
const pathTo = (member: string): string[] => member.split(/[.[\]]+/).filter((step) => step !== '');

/**
 * Removes a member of a parsed body, or the nearest existing one around it. An object that is removed for its `type` is
 * removed everywhere: a conversation may hold hundreds.
 * @param needed members on top that stay
 * @param whole and nothing in them is removed
 * @returns whether something was removed
 */
export function dropMember(body: Body, member: string, needed: ReadonlySet<string>, whole = false): boolean {
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
  if (name === undefined || ((whole || depth === 1) && needed.has(names[0] as string))) return false;
  if (isLabel && names.at(-1) === 'type' && Array.isArray(holder))
    dropKind(body, names.slice(0, depth), { type: at, role: roleIn(holders) });
  else if (Array.isArray(holder)) holder.splice(Number(name), 1);
  else delete (holder as Body)[name];
  return true;
}

interface Kind {
  readonly type: unknown;
  /** the role of the message that has it: the same part may be valid in another role */
  readonly role: unknown;
}

const roleIn = (holders: readonly Body[]): unknown => holders.find(({ role }) => role !== undefined)?.role;

/** Removes all elements of a kind from the list at the end of a path, whichever elements the path goes through. */
function dropKind(at: unknown, path: readonly string[], kind: Kind): void {
  const [step, ...rest] = path;
  if (step === undefined || typeof at !== 'object' || at === null) return;
  if (!Array.isArray(at)) {
    const { role } = at as Body;
    if (role === undefined || role === kind.role) dropKind((at as Body)[spelledIn(at, step)], rest, kind);
  } else if (rest.length > 0) for (const element of at) dropKind(element, rest, kind);
  else {
    const stays = (element: unknown): boolean => (element as Body | null)?.type !== kind.type;
    const kept = at.filter(stays);
    // A list may be longer than a call takes arguments.
    for (const [nth, element] of kept.entries()) at[nth] = element;
    at.length = kept.length;
  }
}

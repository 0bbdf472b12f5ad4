import { createHash } from 'node:crypto';
import { objectsOf, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';

/** the longest name that chat takes */
const LONGEST = 64;

/** A tool of the Responses API that its caller runs. */
export interface OwnTool {
  readonly name: string;
  /** the group that it stands in; undefined: in none */
  readonly namespace: string | undefined;
  /** It takes a text, and not arguments. */
  readonly custom: boolean;
}

/** Chat has no groups of tools: the group's name goes before the tool's, shortened to what chat takes. */
export function chatName(name: unknown, namespace: unknown): string {
  const group = stringOf(namespace);
  const whole = group === '' ? stringOf(name) : `${group}__${stringOf(name)}`;
  if (group === '' || whole.length <= LONGEST) return whole;
  const mark = createHash('sha256').update(whole).digest('hex').slice(0, 8);
  return `${whole.slice(0, LONGEST - mark.length - 1)}_${mark}`;
}

/** The tools that a request offers, by their names in chat. */
export function ownTools(tools: unknown): ReadonlyMap<string, OwnTool> {
  const found = new Map<string, OwnTool>();
  const add = ({ type, name }: Json, namespace: string | undefined): void => {
    if (type !== 'function' && type !== 'custom') return;
    found.set(chatName(name, namespace), { name: stringOf(name), namespace, custom: type === 'custom' });
  };
  for (const tool of objectsOf(tools)) {
    if (tool.type !== 'namespace') add(tool, undefined);
    else for (const inner of objectsOf(tool.tools)) add(inner, stringOf(tool.name));
  }
  return found;
}

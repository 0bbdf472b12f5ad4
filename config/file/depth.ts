import { Parser, type CST } from 'yaml';
import type { Path } from '../path.ts';

/** Most maps and lists inside each other; a person's config has ten. Its readers are recursive. */
const MOST = 64;
/** How much of a path that is too long is shown. */
const TOLD = 3;

export const TOO_DEEP = `nested too deep, at most ${MOST} levels`;

/**
 * The beginning of the path to a value that is nested too deep, such as an object that contains itself; undefined: none
 * is.
 */
export function tooDeep(value: unknown): Path | undefined {
  const left: { readonly value: unknown; readonly path: Path; readonly depth: number }[] = [
    { value, path: [], depth: 0 },
  ];
  for (let at = left.pop(); at; at = left.pop()) {
    const { value: of, path, depth } = at;
    if (typeof of !== 'object' || of === null) continue;
    if (depth === MOST) return path;
    const steps: [string | number, unknown][] = Array.isArray(of)
      ? of.map((child, index) => [index, child])
      : Object.entries(of);
    for (const [step, child] of steps)
      left.push({ value: child, path: path.length < TOLD ? [...path, step] : path, depth: depth + 1 });
  }
  return undefined;
}

/** Where a text is nested too deep, before values are made of it; undefined: nowhere. */
export function tooDeepIn(text: string): number | undefined {
  const left: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of new Parser().parse(text)) left.push({ token, depth: 0 });
  for (let at = left.pop(); at; at = left.pop()) {
    const { token, depth } = at;
    if (token.type === 'document' && token.value) left.push({ token: token.value, depth });
    if (!('items' in token)) continue;
    if (depth === MOST) return token.offset;
    for (const { key, value } of token.items)
      for (const child of [key, value]) if (child) left.push({ token: child, depth: depth + 1 });
  }
  return undefined;
}

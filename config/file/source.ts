import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Alias, Document, Pair, ParsedNode, Scalar, YAMLError, YAMLMap } from 'yaml';
import { TOO_DEEP, tooDeepIn } from './depth.ts';
import type { Path } from '../path.ts';

/** Where the config was written, so that a mistake can be shown in its place. */
export interface Source {
  /** the file as the person named it; 'config' for an object */
  readonly name: string;
  /** Line and column, both from 1, of a value or of its key; undefined where there are no lines. */
  readonly place: (path: Path, at: 'key' | 'value') => Place | undefined;
  /** The environment variable that sets the value; undefined: it stands in the file. */
  readonly nameOf?: (path: Path) => string | undefined;
}

export interface Place {
  readonly line: number;
  readonly column: number;
}

/** How often aliases may repeat one value: once for each of a thousand providers, and a few times in each. */
const MOST_ALIASES = 5_000;

/** A config given as an object has no lines. */
export const object: Source = { name: 'config', place: () => undefined };

/** Reads YAML 1.2, of which JSON is a subset. `faults` are syntax errors, duplicate keys included. */
export function parse(text: string, name: string): { value: unknown; source: Source; faults: Fault[] } {
  const deep = tooDeepIn(text);
  if (deep !== undefined)
    return { value: undefined, source: { ...object, name }, faults: [tooDeepAt(deep, text)] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings].map((error) => ({
    place: place(error.pos[0]),
    message: inWords(error, text),
  }));
  const positions = new Positions(document);
  const source: Source = { name, place: (path, at) => place(positions.of(path, at)) };
  if (faults.length > 0) return { value: undefined, source, faults };
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), source, faults };
  } catch (error) {
    // An alias refers to itself, or aliases of aliases of aliases would fill the memory.
    const { message } = error as Error;
    const told = message.startsWith('Excessive alias')
      ? `its aliases repeat one value more than ${MOST_ALIASES} times; allowed: fewer`
      : message;
    return { value: undefined, source, faults: [{ place: place(0), message: told }] };
  }
}

export interface Fault {
  readonly place: Place;
  readonly message: string;
}

function tooDeepAt(offset: number, text: string): Fault {
  const before = text.slice(0, offset).split('\n');
  return { place: { line: before.length, column: before.at(-1)!.length + 1 }, message: TOO_DEEP };
}

function inWords({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'TAB_AS_INDENT') return 'tabs do not indent in YAML; allowed: spaces';
  if (code !== 'DUPLICATE_KEY') return message;
  const [key] = /^(?:"[^"]*"|'[^']*'|[^\s:]*)/.exec(text.slice(pos[0]))!;
  return `the key ${key} stands twice in this map; allowed: once`;
}

/** Where values stand in a document. What it finds is kept: a long config may have thousands of mistakes. */
class Positions {
  readonly #document: Document.Parsed;
  #aliased: ReadonlyMap<Alias, ParsedNode> | undefined;
  readonly #pairs = new Map<YAMLMap, ReadonlyMap<string, Pair>>();

  constructor(document: Document.Parsed) {
    this.#document = document;
  }

  /** A missing value is shown at the key of the nearest existing parent. */
  of(path: Path, at: 'key' | 'value'): number {
    let node = this.#document.contents as ParsedNode | null | undefined;
    let owner = node?.range[0] ?? 0;
    for (const step of path) {
      if (isAlias(node)) node = (this.#aliased ??= aliasedIn(this.#document)).get(node);
      if (isSeq(node)) {
        node = node.items[Number(step)] as ParsedNode | undefined;
        owner = node?.range[0] ?? owner;
      } else {
        const pair = isMap(node) ? this.#pairsOf(node).get(String(step)) : undefined;
        if (!pair) return owner;
        owner = (pair.key as ParsedNode).range[0];
        node = pair.value as ParsedNode | null;
      }
    }
    return at === 'key' ? owner : (node?.range[0] ?? owner);
  }

  #pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
    let pairs = this.#pairs.get(map);
    if (!pairs) {
      // The first of a key counts.
      const named = map.items.filter(({ key }) => isScalar(key)).toReversed();
      pairs = new Map(named.map((pair) => [String((pair.key as Scalar).value), pair]));
      this.#pairs.set(map, pairs);
    }
    return pairs;
  }
}

/** What each alias stands for. An alias that is asked by itself walks the whole document. */
function aliasedIn(document: Document.Parsed): ReadonlyMap<Alias, ParsedNode> {
  const anchored = new Map<string, ParsedNode>();
  const aliased = new Map<Alias, ParsedNode>();
  visit(document, {
    Node: (_, node) => {
      const of = isAlias(node) ? anchored.get(node.source) : undefined;
      if (of) aliased.set(node as Alias, of);
      else if (node.anchor !== undefined) anchored.set(node.anchor, node as ParsedNode);
    },
  });
  return aliased;
}

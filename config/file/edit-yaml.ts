import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  parseDocument,
  visit,
  YAMLMap,
  type Document,
  type Node,
} from 'yaml';
import { isMembers } from '../choose-plugins.ts';
import type { Edit } from './edit.ts';
import { keepLines } from './keep-lines.ts';
import { keepSections } from './keep-sections.ts';
import type { Path } from '../path.ts';

/** The YAML text with other values at some paths; untouched sections keep every byte, and other lines too. */
export function editYaml(text: string, edits: readonly Edit[]): string {
  const document = parseDocument(text, { merge: true });
  for (const { path, value } of edits) {
    if (value === undefined) remove(document, path);
    else put(document, path, value);
  }
  const rendered = document.toString({ lineWidth: 0, ...styleOf(text) });
  const touched = new Set(edits.map(({ path }) => String(path[0])));
  const lines = keepLines(text, keepSections(text, rendered, touched));
  return text.includes('\r\n') ? lines.replaceAll(/\r?\n/g, '\r\n') : lines;
}

function put(document: Document, path: Path, value: unknown): void {
  for (let length = 1; length <= path.length; length++)
    own(document, path.slice(0, length), length < path.length);
  const old = document.getIn(path, true) as Node | undefined;
  if (isScalar(old) && !isMembers(value)) old.value = value;
  else if (isMap(old) && isMembers(value)) putMembers(document, path, value);
  else document.setIn(path, inLine(document.createNode(value)));
}

function remove(document: Document, path: Path): void {
  for (let length = 1; length < path.length; length++) own(document, path.slice(0, length), false);
  if (document.hasIn(path)) document.deleteIn(path);
}

/** Keys that stay keep their place and their comments. */
function putMembers(document: Document, path: Path, value: Record<string, unknown>): void {
  const old = (document.getIn(path, true) as { toJSON(): Record<string, unknown> }).toJSON();
  for (const key of Object.keys(old)) if (!Object.hasOwn(value, key)) document.deleteIn([...path, key]);
  for (const [key, member] of Object.entries(value)) put(document, [...path, key], member);
}

/** An alias is replaced by its value, here alone; an empty section becomes a map once it gets a member. */
function own(document: Document, path: Path, holds: boolean): void {
  const node = document.getIn(path, true);
  if (isAlias(node)) {
    const copy = node.resolve(document)!.clone() as Node & { anchor?: string };
    delete copy.anchor;
    document.setIn(path, copy);
  } else if (holds && isScalar(node) && node.value === null) {
    const { comment = null, commentBefore = null } = node;
    document.setIn(path, Object.assign(new YAMLMap(), { comment, commentBefore }));
  }
}

/** Maps of scalars are written on one line. */
function inLine(node: Node): Node {
  visit(node, {
    Map(_, map) {
      map.flow = map.items.every(({ value }) => !isNode(value) || isScalar(value));
    },
  });
  return node;
}

/** The file's style, as far as the writer supports it. */
function styleOf(text: string): { indent: number; indentSeq: boolean; flowCollectionPadding: boolean } {
  const indent = /^[^\s#-][^\n]*:[^\n]*\n(?:\s*#[^\n]*\n|\s*\n)*( +)[^\s#-]/m.exec(text)?.[1]?.length ?? 2;
  return {
    indent,
    indentSeq: !/^( *)[^\s#-][^\n]*:[^\S\n]*(?:#[^\n]*)?\n\1- /m.test(text),
    flowCollectionPadding: !/\{[^\s{}]/.test(text.replaceAll('${', '')) || /\{ /.test(text),
  };
}

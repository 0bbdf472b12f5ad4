import { isMap, isScalar, parseDocument, type ParsedNode } from 'yaml';

/**
 * A YAML writer formats everything in its own way. This takes only the changed sections of its output; the others, and
 * what precedes them, keep their text.
 */
export function keepSections(text: string, rendered: string, touched: ReadonlySet<string>): string {
  const [before, after] = [sectionsOf(text), sectionsOf(rendered)];
  if (!before || !after) return rendered;
  const kept = [...before.sections].map(([name, section]) =>
    touched.has(name) ? (after.sections.get(name)?.text ?? '') : section.text,
  );
  const added = [...after.sections].filter(([name]) => !before.sections.has(name));
  // Text after the last section would be written after the added ones, unless it is kept in its place.
  const keepsEnd = !touched.has([...before.sections.keys()].at(-1) ?? '');
  const further = added.map(([, { text: whole, value }]) => (keepsEnd ? value : whole));
  return [before.head, ...kept, ...further].filter(Boolean).map(ended).join('');
}

interface Sections {
  readonly head: string;
  readonly sections: ReadonlyMap<string, Section>;
}

interface Section {
  /** from its key to the next one's */
  readonly text: string;
  /** from its key to the end of its value */
  readonly value: string;
}

/** undefined where the top is no map of lines */
function sectionsOf(text: string): Sections | undefined {
  const { contents } = parseDocument(text, { merge: true });
  if (!isMap(contents) || contents.flow || contents.items.length === 0) return undefined;
  const items = contents.items as { key: ParsedNode; value: ParsedNode | null }[];
  const starts = items.map(({ key }) => key.range[0]);
  const inLines = starts.every((start) => start === 0 || text[start - 1] === '\n');
  if (!inLines || !items.every(({ key }) => isScalar(key))) return undefined;
  const sections = items.map(({ key, value }, at) => {
    const whole = text.slice(starts[at], starts[at + 1]);
    return [String(key), { text: whole, value: text.slice(starts[at], value?.range[1]).trimEnd() }] as const;
  });
  return { head: text.slice(0, starts[0]), sections: new Map(sections) };
}

const ended = (section: string): string => (section.endsWith('\n') ? section : `${section}\n`);

import { isMap, isScalar, parseDocument, type ParsedNode } from 'yaml';

/**
 * A writer of YAML sets everything in its own way. This takes of what it wrote only the sections that were touched, and of
 * the others, and of what stands before them, the text as it was.
 */
export function keepSections(text: string, rendered: string, touched: ReadonlySet<string>): string {
  const [before, after] = [sectionsOf(text), sectionsOf(rendered)];
  if (!before || !after) return rendered;
  const kept = [...before.sections].map(([name, section]) =>
    touched.has(name) ? (after.sections.get(name)?.text ?? '') : section.text,
  );
  const added = [...after.sections].filter(([name]) => !before.sections.has(name));
  // What stands below the last section is written below what was added, unless it is kept where it was.
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

import type { AccessLogOptions } from './options.ts';

type Line = Readonly<Record<string, unknown>>;
type Redactable = AccessLogOptions['redact'][number];

const CENSOR = '[redacted]';
/** members with the same information */
const ALSO: { readonly [Name in Redactable]?: readonly string[] } = { model: ['route', 'target'] };
/** members that may repeat what others have */
const TEXTS = ['error', 'path'];
/** what of a path names a model */
const MODEL_IN_PATH = /(?<=\/(?:models?|deployments|engines)\/).+/;

/** A line without redacted values, also where the text of an error, or a path, repeats them. */
export function redacted(line: Line, redact: readonly Redactable[]): Line {
  if (redact.length === 0) return line;
  const names = redact.flatMap((name) => [name, ...(ALSO[name] ?? [])]);
  const told = names.filter((name) => typeof line[name] === 'string');
  const values = told
    .filter((name) => !TEXTS.includes(name))
    .flatMap((name) => wordsOf(line[name] as string));
  // A request that was refused before its model was known may name it in its error alone.
  const isUnknown = redact.includes('model') && line['model'] === undefined;
  const shown = (name: string): string => {
    const text = values.reduce((rest, value) => rest.replaceAll(value, CENSOR), line[name] as string);
    if (!isUnknown) return text;
    return name === 'path' ? text.replace(MODEL_IN_PATH, CENSOR) : CENSOR;
  };
  const texts = TEXTS.filter((name) => typeof line[name] === 'string').map((name) => [name, shown(name)]);
  return { ...line, ...Object.fromEntries([...texts, ...told.map((name) => [name, CENSOR])]) };
}

/** A value as a word of its own, and of a target its model, the longest first. */
function wordsOf(value: string): RegExp[] {
  const model = value.slice(value.indexOf('/') + 1);
  return [...new Set([value, model])]
    .filter((word) => /\w/.test(word))
    .map((word) => new RegExp(String.raw`(?<![\w-])${escaped(word)}(?![\w-])`, 'g'));
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

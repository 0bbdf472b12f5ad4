import type { Schema } from '../../api/balancing.ts';

/** The kind of an option's input. `strategy` is another strategy with its options. */
export type Form = 'number' | 'text' | 'duration' | 'boolean' | 'choice' | 'list' | 'json' | 'strategy';

export function formOf({ type, format, items, properties, enum: choices }: Schema): Form {
  if (choices) return 'choice';
  if (format === 'duration') return 'duration';
  if (type === 'number' || type === 'integer') return 'number';
  if (type === 'boolean') return 'boolean';
  if (type === 'array' && items?.type === 'string') return 'list';
  if (type === 'object' && properties?.['use']) return 'strategy';
  return type === 'string' ? 'text' : 'json';
}

/** A value as text in its field. */
export function writeOption(form: Form, value: unknown): string {
  if (value === undefined || value === null) return '';
  switch (form) {
    case 'duration':
      return typeof value === 'number' ? durationText(value) : String(value);
    case 'list':
      return (value as readonly string[]).join('\n');
    case 'json':
      return JSON.stringify(value, null, 2);
    default:
      return String(value);
  }
}

interface Read {
  /** undefined: not set */
  readonly value?: unknown;
  /** why it is invalid */
  readonly mistake?: string;
}

/** A field's text as a value. The gateway decides whether it is allowed. */
export function readOption(form: Form, text: string): Read {
  const said = text.trim();
  if (said === '') return {};
  switch (form) {
    case 'number': {
      const value = Number(said);
      return Number.isFinite(value) ? { value } : { mistake: `“${said}” is not a number.` };
    }
    case 'duration':
      return { value: /^\d+$/.test(said) ? Number(said) : said };
    case 'list':
      return { value: said.split(/\s*\n\s*/).filter(Boolean) };
    case 'json':
      return readJson(said);
    default:
      return { value: said };
  }
}

function readJson(text: string): Read {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { mistake: `This is not JSON: ${(error as Error).message}` };
  }
}

/** ms as the config writes it: `4s`, `500ms`. */
function durationText(ms: number): string {
  for (const [unit, length] of [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const)
    if (ms >= length && ms % length === 0) return `${ms / length}${unit}`;
  return ms === 0 ? '0' : `${ms}ms`;
}

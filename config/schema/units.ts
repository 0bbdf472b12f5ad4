/**
 * Values that are written with a unit and read as a number: `format: 'duration'` (ms) and `format: 'bytes'`. A bare
 * number is taken as it is.
 */
export interface Unit {
  /** @returns undefined when the text is not such a value */
  readonly parse: (text: string) => number | undefined;
  /** the number's schema unless the option has one */
  readonly bounds: { readonly type: string; readonly exclusiveMinimum?: number; readonly maximum: number };
  /** the text, for editors */
  readonly pattern: string;
  readonly noun: string;
  /** other spellings in use */
  readonly examples: readonly string[];
  readonly bare: string;
  /** a number as a person writes it */
  readonly write: (value: number) => string;
}

/** Node's timers fire at once above this value. */
const LONGEST = 2 ** 31 - 1;

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const BYTES = { b: 1, kb: 1e3, mb: 1e6, gb: 1e9, kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30 };

export const units: Readonly<Record<string, Unit>> = {
  duration: {
    parse: (text) => amount(text, MS),
    bounds: { type: 'number', exclusiveMinimum: 0, maximum: LONGEST },
    pattern: String.raw`^\d+(\.\d+)?\s?(ms|s|m|h|d)?$`,
    noun: 'a duration',
    examples: ['500ms', '5s', '2m', '1h'],
    bare: 'a number of ms',
    write: (value) => written(value, MS),
  },
  bytes: {
    parse: (text) => rounded(amount(text, BYTES)),
    bounds: { type: 'integer', exclusiveMinimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    pattern: String.raw`^\d+(\.\d+)?\s?([KMGkmg]?[Bb]|[KMGkmg][Ii][Bb])?$`,
    noun: 'a size',
    examples: ['512KiB', '32MiB'],
    bare: 'a number of bytes',
    write: (value) => written(value, { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 }),
  },
};

function amount(text: string, factors: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s?([a-z]*)$/i.exec(text.trim());
  if (!match) return undefined;
  const factor = match[2] === '' ? 1 : factors[match[2]!.toLowerCase()];
  return factor === undefined ? undefined : Number(match[1]) * factor;
}

/** In the largest unit of which it is a whole number. */
function written(value: number, factors: Readonly<Record<string, number>>): string {
  const found = Object.entries(factors).findLast(([, factor]) => value % factor === 0);
  return found ? `${value / found[1]}${found[0]}` : String(value);
}

function rounded(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}

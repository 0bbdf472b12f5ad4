import { GatewayError } from '../core/errors.ts';
import { shown } from './path.ts';
import type { Path } from './path.ts';
import type { Fault, Place, Source } from './file/source.ts';

/** Most mistakes in one message: a person mends no more in one go. */
const TOLD = 20;

interface Found {
  readonly place: Place | undefined;
  readonly text: () => string;
  /** the environment variable that has it; undefined: the file has */
  readonly variable?: string | undefined;
}

/** Collects every mistake, so that a person mends all in one go. */
export class Mistakes {
  readonly #source: Source;
  readonly #found = new Map<string, Found>();

  constructor(source: Source) {
    this.#source = source;
  }

  /**
   * Only the first mistake at a path is reported: later ones follow from it.
   * @param text called only for a mistake that is reported: there may be thousands
   */
  add(path: Path, text: string | (() => string), at: 'key' | 'value' = 'value'): void {
    const key = JSON.stringify(path);
    if (this.#found.has(key)) return;
    this.#found.set(key, {
      place: this.#source.place(path, at),
      variable: this.#source.nameOf?.(path),
      text: () => `${shown(path)}: ${typeof text === 'string' ? text : text()}`,
    });
  }

  /** A syntax error, where there is no path yet. */
  addFault({ place, message }: Fault): void {
    this.#found.set(`${place.line}:${place.column}:${message}`, { place, text: () => message });
  }

  has(path: Path): boolean {
    return this.#found.has(JSON.stringify(path));
  }

  /**
   * @param what the thing that has them
   * @throws GatewayError with the first of them, a line each, in the file's order
   */
  throwIfAny(what = 'config'): void {
    if (this.#found.size === 0) return;
    const found = [...this.#found.values()].toSorted((a, b) => compare(a.place, b.place));
    const lines = found
      .slice(0, TOLD)
      .map(({ place, text, variable }) => `  ${variable ?? this.#source.name + where(place)}: ${text()}`);
    const more = found.length > TOLD ? `, of which these are the first ${TOLD}` : '';
    const head =
      found.length === 1 ? `The ${what} has a mistake:` : `The ${what} has ${found.length} mistakes${more}:`;
    throw new GatewayError('config_invalid', [head, ...lines].join('\n'));
  }
}

function where(place: Place | undefined): string {
  return place ? `:${place.line}:${place.column}` : '';
}

function compare(a: Place | undefined, b: Place | undefined): number {
  return a && b ? a.line - b.line || a.column - b.column : 0;
}

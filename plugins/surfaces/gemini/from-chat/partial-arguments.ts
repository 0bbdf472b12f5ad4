import { GatewayError } from '../../../../core/errors.ts';
import { stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { asNumber } from '../../../../kits/dialect-kit/as-text.ts';

type Step = string | number;

/** A step of a path: `.name`, `[0]`, `['a name']`. */
const STEPS = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/g;

/**
 * Arguments that come value by value, each with its path, as the text that chat streams. The API sends them in the order
 * of that text, a string in several pieces.
 */
export class PartialArguments {
  #path: readonly Step[] = [];
  #inString = false;
  readonly #written = new Set<string>();

  /** @returns the next piece of the text */
  add(partial: Json): string {
    const path = stepsOf(stringOf(partial.jsonPath));
    if (path.length === 0) return '';
    const goesOn = this.#inString && isSame(path, this.#path);
    const before = goesOn ? '' : this.#moveTo(path);
    return before + this.#value(partial, goesOn);
  }

  /** @returns the rest of the text */
  end(): string {
    if (this.#path.length === 0) return '{}';
    const rest = this.#closed(0);
    this.#path = [];
    return rest;
  }

  #moveTo(path: readonly Step[]): string {
    const shared = path.findIndex((step, depth) => step !== this.#path[depth]);
    const text = this.#path.length === 0 ? '{' : `${this.#closed(shared + 1)},`;
    this.#path = path;
    return (
      text +
      path
        .slice(shared)
        .map((step, nth) => this.#opened(step, shared + nth))
        .join('')
    );
  }

  #opened(step: Step, depth: number): string {
    const place = JSON.stringify(this.#path.slice(0, depth + 1));
    if (this.#written.has(place)) throw outOfOrder(place);
    this.#written.add(place);
    const name = typeof step === 'string' ? `${JSON.stringify(step)}:` : '';
    const next = this.#path[depth + 1];
    return name + (next === undefined ? '' : typeof next === 'number' ? '[' : '{');
  }

  /** Closes the open string, and the levels around it down to a depth. */
  #closed(depth: number): string {
    const ends = this.#path.slice(depth).map((step) => (typeof step === 'number' ? ']' : '}'));
    const text = (this.#inString ? '"' : '') + ends.reverse().join('');
    this.#inString = false;
    return text;
  }

  #value({ stringValue, numberValue, boolValue, willContinue }: Json, goesOn: boolean): string {
    if (typeof stringValue === 'string') {
      const inner = JSON.stringify(stringValue).slice(1, -1);
      this.#inString = willContinue === true;
      return `${goesOn ? '' : '"'}${inner}${this.#inString ? '' : '"'}`;
    }
    return JSON.stringify(numberValue ?? boolValue ?? null);
  }
}

function stepsOf(path: string): Step[] {
  return [...path.matchAll(STEPS)].map(([, name, index, single, double]) =>
    index === undefined ? (name ?? unescaped(single ?? double ?? '')) : asNumber(index),
  );
}

const unescaped = (name: string): string => name.replaceAll(/\\(.)/g, '$1');

const isSame = (one: readonly Step[], other: readonly Step[]): boolean =>
  one.length === other.length && one.every((step, depth) => step === other[depth]);

const outOfOrder = (place: string): GatewayError =>
  new GatewayError('upstream_malformed', `the arguments of a tool come out of order: ${place} comes twice`);

/** Whether a function call comes in pieces. */
export const isPartial = ({ willContinue, partialArgs }: Json): boolean =>
  willContinue === true || Array.isArray(partialArgs);

import { isObject, parse } from '../../../../../kits/dialect-kit/json.ts';

const BEGINNING = /^\s*\{\s*"input"\s*:\s*"/;

/** Reads a custom tool's text out of the arguments that a function of one argument is called with, as they come. */
export class CustomInput {
  #text = '';
  /** where in the arguments reading goes on; 0: the text has not begun */
  #at = 0;
  #isOver = false;
  /** the text so far */
  said = '';

  /** @returns the new part of the text */
  add(piece: string): string {
    this.#text += piece;
    if (this.#isOver) return '';
    if (this.#at === 0) this.#at = BEGINNING.exec(this.#text)?.[0].length ?? 0;
    if (this.#at === 0) return '';
    const end = this.#end();
    const said = unescaped(this.#text.slice(this.#at, end));
    if (said === undefined) return '';
    this.#at = end;
    this.said += said;
    return said;
  }

  /** The rest of the text, at its end. A model may name the argument differently, or write the bare text. */
  rest(): string {
    const whole = wholeOf(this.#text);
    if (!whole.startsWith(this.said)) return '';
    const rest = whole.slice(this.said.length);
    this.said = whole;
    return rest;
  }

  /** How far the text can be read: up to its closing quote, and not into an escape or between two halves of a character. */
  #end(): number {
    let at = this.#at;
    while (at < this.#text.length) {
      const char = this.#text[at] as string;
      if (char === '"') {
        this.#isOver = true;
        return at;
      }
      const length = char !== '\\' ? 1 : this.#text[at + 1] === 'u' ? escapeLength(this.#text, at) : 2;
      if (at + length > this.#text.length) break;
      at += length;
    }
    return at;
  }
}

/** `\ud83d` is followed by the other half of its character. */
const escapeLength = (text: string, at: number): number =>
  /^\\u[dD][89abAB]/.test(text.slice(at, at + 4)) ? 12 : 6;

function unescaped(text: string): string | undefined {
  const value = text.includes('\\') ? parse(`"${text}"`) : text;
  return typeof value === 'string' ? value : undefined;
}

function wholeOf(text: string): string {
  const value = parse(text);
  const [only, ...others] = isObject(value) ? Object.values(value) : [value];
  if (isObject(value) && typeof value.input === 'string') return value.input;
  return typeof only === 'string' && others.length === 0 ? only : text;
}

import { randomUUID } from 'node:crypto';
import { isObject, stringOf, type Json } from '../../../../kits/dialect-kit/json.ts';
import { ObjectEnd } from '../../../../kits/dialect-kit/object-end.ts';
import { namelessCall } from '../../../../kits/dialect-kit/spoken.ts';
import { ToolCallNumbers, withTextArguments } from '../../../../kits/dialect-kit/tool-call-numbers.ts';
import type { Blocks } from './blocks.ts';

interface Call {
  id: string;
  name: string;
  readonly end: ObjectEnd;
  /** the part of its arguments that was not written yet */
  pending: string;
}

/**
 * Writes tool calls as they come. Blocks stand one behind the other, so where a server mixes the fragments of several
 * calls the later ones wait until the arguments of the first are whole.
 */
export class ToolUses {
  readonly #blocks: Blocks;
  readonly #numbers = new ToolCallNumbers();
  readonly #calls: Call[] = [];
  /** the call that is being written */
  #current = 0;
  #isOpen = false;

  constructor(blocks: Blocks) {
    this.#blocks = blocks;
  }

  get any(): boolean {
    return this.#calls.length > 0;
  }

  /** The arguments of a call are being written: nothing else may stand between them. */
  get isWriting(): boolean {
    return this.#isOpen && !isWhole(this.#calls[this.#current]);
  }

  /** @returns the length of the arguments in it */
  add(given: Json): number {
    const fragment = withTextArguments(given);
    const place = this.#numbers.of(fragment);
    const call = (this.#calls[place] ??= { id: '', name: '', end: new ObjectEnd(), pending: '' });
    const called = isObject(fragment.function) ? fragment.function : {};
    call.id ||= stringOf(fragment.id);
    call.name ||= stringOf(called.name);
    const piece = stringOf(called.arguments);
    call.pending += piece;
    call.end.read(piece);
    if (place > this.#current && isWhole(this.#calls[this.#current])) this.#next();
    this.#write();
    return piece.length;
  }

  /** Nothing follows: writes what waited. @param isCut the answer ran out of tokens, perhaps before a call's name */
  end(isCut: boolean): void {
    while (this.#current < this.#calls.length) {
      if (this.#calls[this.#current]?.name === '' && !isCut) throw namelessCall();
      this.#write();
      this.#next();
    }
  }

  #next(): void {
    this.#current += 1;
    this.#isOpen = false;
  }

  #write(): void {
    const call = this.#calls[this.#current];
    if (!call || call.name === '') return;
    if (!this.#isOpen) {
      this.#isOpen = true;
      call.id ||= `toolu_${randomUUID()}`;
      this.#blocks.open('tool_use', { id: call.id, name: call.name, input: {} });
    }
    // What follows whole arguments, behind a text, is white space.
    if (call.pending === '' || !this.#blocks.isOpen('tool_use')) return;
    this.#blocks.delta({ type: 'input_json_delta', partial_json: call.pending });
    call.pending = '';
  }
}

const isWhole = (call: Call | undefined): boolean => call?.end.isWhole === true;

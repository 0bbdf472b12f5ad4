import { LONGEST_HEAD } from '../../../kits/transport-kit/index.ts';
import { wrongCharacter } from './head.ts';
import { Malformed } from './malformed.ts';

const [LF, CR] = [10, 13];
const START = Buffer.from('HTTP/1.');

/**
 * A head that arrives in several reads, or is longer than usual. Bytes that cannot be a head are refused at the first wrong
 * byte, without waiting for the rest.
 */
export class PartialHead {
  #bytes = Buffer.alloc(0);
  #length = 0;
  /** bytes of the current line */
  #line = 0;
  #last = 0;

  get length(): number {
    return this.#length;
  }

  /** @returns where in `buffer` the head ended, or -1: it goes on */
  add(buffer: Buffer, from: number, to: number): number {
    this.#reserve(Math.min(to - from, LONGEST_HEAD - this.#length));
    for (let at = from; at < to; at++) {
      const byte = buffer[at] as number;
      if (this.#length === LONGEST_HEAD) throw new Malformed(`a head of more than ${LONGEST_HEAD} bytes`);
      if (this.#length < START.length && byte !== START[this.#length])
        throw new Malformed('its first line is not an HTTP/1 status line');
      this.#bytes[this.#length++] = byte;
      if (this.#follows(byte)) return at + 1;
    }
    return -1;
  }

  /** Returns the text of the head, and clears it. */
  take(): string {
    const text = this.#bytes.toString('latin1', 0, this.#length);
    this.clear();
    return text;
  }

  clear(): void {
    if (this.#length === 0) return;
    this.#bytes = Buffer.alloc(0);
    this.#length = this.#line = this.#last = 0;
  }

  /** @returns whether the head has ended with an empty line */
  #follows(byte: number): boolean {
    const last = this.#last;
    this.#last = byte;
    if ((byte === LF) !== (last === CR))
      throw new Malformed(wrongCharacter(byte === LF ? LF : CR, 'the head'));
    if (byte === 0) throw new Malformed(wrongCharacter(byte, 'the head'));
    if (byte !== LF) {
      if (byte !== CR) this.#line++;
      return false;
    }
    const isEmpty = this.#line === 0;
    this.#line = 0;
    return isEmpty;
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const room = Buffer.allocUnsafeSlow(Math.max(1024, 2 * this.#bytes.length, this.#length + more));
    this.#bytes.copy(room, 0, 0, this.#length);
    this.#bytes = room;
  }
}

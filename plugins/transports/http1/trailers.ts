import { MOST_HEADERS, wrongCharacter, wrongName } from './head.ts';
import { Malformed } from './malformed.ts';
import { isToken } from './names.ts';
import { LONGEST_HEAD } from '../../../kits/transport-kit/index.ts';

const [TAB, LF, CR, SPACE, COLON, DEL] = [9, 10, 13, 32, 58, 127];

/** Fields that are not allowed in trailers (RFC 9110 §6.5.1). */
const FRAMING = /^(?:content-length|transfer-encoding)$/i;

/** The trailers after the last chunk: they are read, checked and dropped. */
export class Trailers {
  #length = 0;
  #count = 0;
  #last = 0;
  /** of the current line; undefined: the value is being read */
  #name: string | undefined = '';

  /** @returns whether this byte was the last */
  add(byte: number): boolean {
    const last = this.#last;
    this.#last = byte;
    if (++this.#length > LONGEST_HEAD) throw new Malformed(`trailers of more than ${LONGEST_HEAD} bytes`);
    if ((byte === LF) !== (last === CR))
      throw new Malformed(wrongCharacter(byte === LF ? LF : CR, 'a trailer'));
    if (byte === LF) return this.#lineEnds();
    if (this.#name !== undefined) this.#named(byte, this.#name);
    else if (byte === DEL || (byte < SPACE && byte !== TAB && byte !== CR))
      throw new Malformed(wrongCharacter(byte, 'a trailer'));
    return false;
  }

  #named(byte: number, name: string): void {
    if (byte === CR && name === '') return;
    if (byte !== COLON) {
      if (byte <= SPACE || byte >= DEL) throw new Malformed(wrongName(name === '' ? byte : 0));
      this.#name = name + String.fromCharCode(byte);
      return;
    }
    if (!isToken(name)) throw new Malformed(wrongName(0));
    if (FRAMING.test(name)) throw new Malformed(`${name.toLowerCase()} in a trailer`);
    if (++this.#count > MOST_HEADERS) throw new Malformed(`more than ${MOST_HEADERS} trailers`);
    this.#name = undefined;
  }

  #lineEnds(): boolean {
    if (this.#name === '') return true;
    this.#name = '';
    return false;
  }
}

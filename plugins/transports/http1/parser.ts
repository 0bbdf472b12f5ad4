import type { IncomingHttpHeaders } from 'node:http';
import { Chunks } from './chunks.ts';
import { bodyLength, CHUNKED, idleTime, UNTIL_CLOSE } from './framing.ts';
import { readHead, type Head } from './head.ts';
import { Malformed } from './malformed.ts';
import { LONGEST_HEAD } from '../../../kits/transport-kit/index.ts';
import { PartialHead } from './partial-head.ts';
import { copied, Pieces } from './pieces.ts';

/** Receives the parts of an answer as they arrive. */
export interface Listener {
  head(status: number, headers: IncomingHttpHeaders): void;
  data(chunk: Buffer): void;
  /** @param idleMs ms that the connection may be idle; 0: it cannot be used again */
  end(idleMs: number): void;
}

/** The bytes of a read that are searched for a whole head at once: heads are rarely longer. */
const USUAL_HEAD = 1024;
const END_OF_HEAD = '\r\n\r\n';

const IDLE = 0;
const HEAD = 1;
const LENGTH = 2;
const CHUNKS = 3;
const CLOSE = 4;

/** Parses the answers on one connection, one after another, from reads of any size. */
export class Parser {
  readonly #listener: Listener;
  readonly #partial = new PartialHead();
  readonly #chunks = new Chunks();
  readonly #pieces = new Pieces();
  #state = IDLE;
  #bodiless = false;
  #isChunked = false;
  /** bytes of this answer's heads so far, interim ones included */
  #headBytes = 0;
  /** bytes of the body that have not arrived yet */
  #left = 0;
  #idleMs = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** A part of an answer's head has arrived, but not all of it. */
  get inHead(): boolean {
    return this.#state === HEAD && this.#headBytes + this.#partial.length > 0;
  }

  /** The latest answer's body came in chunks, as streams do. */
  get wasChunked(): boolean {
    return this.#isChunked;
  }

  /** The next bytes are an answer. @param bodiless the answer to a HEAD */
  begin(bodiless: boolean): void {
    this.#state = HEAD;
    this.#bodiless = bodiless;
    this.#headBytes = 0;
  }

  /** The listener gets nothing more. */
  stop(): void {
    this.#state = IDLE;
  }

  /**
   * Parses the bytes of a read. It keeps no part of `buffer`.
   * @throws Malformed, and what the listener throws
   */
  push(buffer: Buffer, length: number): void {
    const from = this.#state === HEAD ? this.#heads(buffer, length) : 0;
    if (from >= 0) this.#body(buffer, from, length);
  }

  /** The connection has ended. @returns whether that also ended the answer */
  finish(): boolean {
    if (this.#state !== CLOSE) return false;
    this.#end(0);
    return true;
  }

  /** @returns where the body begins, or -1: the head is not complete */
  #heads(buffer: Buffer, length: number): number {
    let at = 0;
    while (at < length) {
      const from = at;
      let head: Head;
      const text =
        this.#partial.length > 0 ? '' : buffer.toString('latin1', at, Math.min(length, at + USUAL_HEAD));
      const end = text.indexOf(END_OF_HEAD);
      if (end >= 0) {
        head = readHead(text, end);
        at += end + END_OF_HEAD.length;
        this.#headBytes += at - from;
      } else {
        at = this.#partial.add(buffer, at, length);
        if (at < 0) return -1;
        const whole = this.#partial.take();
        this.#headBytes += whole.length;
        head = readHead(whole, whole.length - END_OF_HEAD.length);
      }
      if (this.#headBytes > LONGEST_HEAD) throw new Malformed(`heads of more than ${LONGEST_HEAD} bytes`);
      if (head.status === 101) throw new Malformed('a change of protocol that was not asked for');
      if (head.status >= 200) return this.#final(head, at);
    }
    return -1;
  }

  #final(head: Head, at: number): number {
    const length = bodyLength(head, this.#bodiless);
    this.#idleMs = length === UNTIL_CLOSE ? 0 : idleTime(head);
    this.#left = Math.max(length, 0);
    this.#isChunked = length === CHUNKED;
    if (this.#isChunked) this.#chunks.begin();
    this.#state = this.#isChunked ? CHUNKS : length === UNTIL_CLOSE ? CLOSE : LENGTH;
    this.#listener.head(head.status, head.headers);
    return at;
  }

  #body(buffer: Buffer, from: number, length: number): void {
    if (this.#state === LENGTH) {
      const to = Math.min(length, from + this.#left);
      this.#left -= to - from;
      if (to > from) this.#listener.data(copied(buffer, from, to));
      if (this.#left === 0 && this.#state === LENGTH) this.#end(to === length ? this.#idleMs : 0);
    } else if (this.#state === CHUNKS) {
      this.#chunked(buffer, from, length);
    } else if (this.#state === CLOSE && length > from) {
      this.#listener.data(copied(buffer, from, length));
    }
  }

  #chunked(buffer: Buffer, from: number, length: number): void {
    let at = from;
    let wrong: unknown;
    try {
      at = this.#chunks.read(buffer, from, length, this.#pieces);
    } catch (error) {
      wrong = error;
    }
    const data = this.#pieces.take(buffer);
    if (data) this.#listener.data(data);
    if (this.#state !== CHUNKS) return;
    if (wrong) throw wrong;
    if (this.#chunks.done) this.#end(at === length ? this.#idleMs : 0);
  }

  /** This must be the last call: the listener may already have begun the next answer. */
  #end(idle: number): void {
    this.#state = IDLE;
    this.#listener.end(idle);
  }
}

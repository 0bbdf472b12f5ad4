import type { Context, Sink } from '../../core/contracts/index.ts';
import type { Bodies } from './answers.ts';

/** Most bytes of all captured bodies together: the oldest are dropped first. */
const TOTAL = 64 * 2 ** 20;
/** Overhead of one capture beside its bodies, in bytes, roughly. */
const TAPE = 512;
/** initial size of an answer's buffer, in bytes */
const FIRST = 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Captures the bodies of requests and answers as texts, each cut at the limit, with their full lengths in bytes.
 * Observes answers while they are written. Headers, and with them keys, are never captured.
 */
export class Capture {
  readonly #limit: number;
  readonly #total: number;
  /** oldest first */
  readonly #tapes = new Map<string, Tape>();
  #bytes = 0;

  constructor(limit: number, total = TOTAL) {
    this.#limit = limit;
    this.#total = total;
  }

  begin({ id, call }: Context, sink: Sink): void {
    // A view would keep the whole body in memory.
    const request = Buffer.from(call.raw.subarray(0, this.#limit));
    const tape: Tape = {
      request,
      requestBytes: call.raw.length,
      answer: NOTHING,
      kept: 0,
      answerBytes: 0,
      isKept: true,
    };
    this.#tapes.set(id, tape);
    this.#grow(TAPE + request.length);
    sink.observe?.((bytes) => this.#wrote(tape, bytes));
  }

  /** @returns undefined where they are not captured, or no longer */
  of(id: string): Bodies | undefined {
    const tape = this.#tapes.get(id);
    if (!tape) return undefined;
    const { request, requestBytes, answer, kept, answerBytes } = tape;
    return {
      request: request.toString(),
      requestBytes,
      answer: answer.toString('utf8', 0, kept),
      answerBytes,
    };
  }

  #wrote(tape: Tape, bytes: Buffer): void {
    tape.answerBytes += bytes.length;
    const length = Math.min(bytes.length, this.#limit - tape.kept);
    if (length <= 0 || !tape.isKept) return;
    if (tape.kept + length > tape.answer.length) this.#enlarge(tape, tape.kept + length);
    bytes.copy(tape.answer, tape.kept, 0, length);
    tape.kept += length;
  }

  /** One growing buffer for an answer, doubled when full: a Buffer per chunk would take several times its bytes. */
  #enlarge(tape: Tape, needed: number): void {
    const before = tape.answer;
    const length = Math.min(this.#limit, Math.max(needed, 2 * before.length, FIRST));
    tape.answer = Buffer.allocUnsafeSlow(length);
    before.copy(tape.answer, 0, 0, tape.kept);
    this.#grow(length - before.length);
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    for (const [id, tape] of this.#tapes) {
      if (this.#bytes <= this.#total) return;
      this.#tapes.delete(id);
      tape.isKept = false;
      this.#bytes -= TAPE + tape.request.length + tape.answer.length;
    }
  }
}

interface Tape {
  readonly request: Buffer;
  readonly requestBytes: number;
  /** the answer so far, and room for more */
  answer: Buffer;
  /** bytes of the answer in the buffer */
  kept: number;
  answerBytes: number;
  /** false: dropped, and the rest is not captured */
  isKept: boolean;
}

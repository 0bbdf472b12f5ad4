import type { Context } from '../../core/contracts.ts';
import type { Sink } from '../../core/sink.ts';

/** What all captured bodies may take together, in bytes: the oldest go first. */
const TOTAL = 64 * 2 ** 20;

/** The bodies of a request and of its answer as texts, each cut at the limit; beside them how long they were, in bytes. */
export interface Bodies {
  readonly request: string;
  readonly requestBytes: number;
  readonly answer: string;
  readonly answerBytes: number;
}

/** Looks on while answers are written. Headers, and with them keys, are never kept. */
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
    const tape: Tape = { request, requestBytes: call.raw.length, pieces: [], kept: 0, answerBytes: 0 };
    this.#tapes.set(id, tape);
    this.#grow(request.length);
    sink.observe = (bytes) => this.#wrote(tape, bytes);
  }

  /** @returns undefined where they are not, or no longer, kept */
  of(id: string): Bodies | undefined {
    const tape = this.#tapes.get(id);
    if (!tape) return undefined;
    const { request, requestBytes, pieces, answerBytes } = tape;
    return {
      request: request.toString(),
      requestBytes,
      answer: Buffer.concat(pieces).toString(),
      answerBytes,
    };
  }

  #wrote(tape: Tape, bytes: Buffer): void {
    tape.answerBytes += bytes.length;
    const room = this.#limit - tape.kept;
    if (room <= 0) return;
    const piece = Buffer.from(bytes.subarray(0, room));
    tape.pieces.push(piece);
    tape.kept += piece.length;
    this.#grow(piece.length);
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    for (const [id, { request, kept }] of this.#tapes) {
      if (this.#bytes <= this.#total) return;
      this.#tapes.delete(id);
      this.#bytes -= request.length + kept;
    }
  }
}

interface Tape {
  readonly request: Buffer;
  readonly requestBytes: number;
  readonly pieces: Buffer[];
  /** bytes of the pieces */
  kept: number;
  answerBytes: number;
}

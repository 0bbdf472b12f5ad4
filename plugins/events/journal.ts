/** What is kept for who comes back: so many events, and bytes of them. */
const EVENTS = 2_000;
const BYTES = 2 * 2 ** 20;

export interface Kept {
  readonly n: number;
  readonly bytes: Buffer;
}

/** The latest events as they go over the wire, numbered from 1: written once for all who read. */
export class Journal {
  /** of this start of the gateway: numbers begin again with the next */
  readonly boot: string;
  readonly #most: { readonly events: number; readonly bytes: number };
  #kept: Kept[] = [];
  #bytes = 0;
  /** the number of the latest; 0: there was none */
  last = 0;

  constructor(boot: string, most = { events: EVENTS, bytes: BYTES }) {
    this.boot = boot;
    this.#most = most;
  }

  add(event: string, data: unknown): Kept {
    const kept = { n: ++this.last, bytes: this.frame(event, data, this.last) };
    this.#kept.push(kept);
    this.#bytes += kept.bytes.length;
    while (this.#kept.length > this.#most.events || this.#bytes > this.#most.bytes)
      this.#bytes -= (this.#kept.shift() as Kept).bytes.length;
    return kept;
  }

  /** @param n what a client has if this event is the last that it saw */
  frame(event: string, data: unknown, n: number): Buffer {
    return Buffer.from(`id: ${this.boot}.${n}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** What came after that number; undefined: not all of it is kept. */
  after(n: number): readonly Kept[] | undefined {
    const missing = this.last - n;
    if (missing < 0 || missing > this.#kept.length) return undefined;
    return this.#kept.slice(this.#kept.length - missing);
  }

  /** The number in an id of this start; undefined: it is none. */
  numberIn(id: string): number | undefined {
    const [, boot, n] = /^([^.]+)\.(\d+)$/.exec(id) ?? [];
    return boot === this.boot ? Number(n) : undefined;
  }
}

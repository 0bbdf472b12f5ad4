/** Limits of what is kept for a reader that reconnects: events, and their bytes. */
const EVENTS = 2_000;
const BYTES = 2 * 2 ** 20;

export interface KeptEvent {
  readonly n: number;
  readonly bytes: Buffer;
}

/** The latest events as written to the wire, numbered from 1. Each is serialised once for all readers. */
export class Journal {
  /** identifies this start of the gateway: numbering begins again with the next start */
  readonly boot: string;
  readonly #most: { readonly events: number; readonly bytes: number };
  #kept: KeptEvent[] = [];
  #bytes = 0;
  /** number of the latest event; 0: none yet */
  last = 0;

  constructor(boot: string, most = { events: EVENTS, bytes: BYTES }) {
    this.boot = boot;
    this.#most = most;
  }

  add(event: string, data: unknown): KeptEvent {
    const kept = { n: ++this.last, bytes: this.frame(event, data, this.last) };
    this.#kept.push(kept);
    this.#bytes += kept.bytes.length;
    while (this.#kept.length > this.#most.events || this.#bytes > this.#most.bytes)
      this.#bytes -= (this.#kept.shift() as KeptEvent).bytes.length;
    return kept;
  }

  /** @param n the client's position when this is the last event it has seen */
  frame(event: string, data: unknown, n: number): Buffer {
    return Buffer.from(`id: ${this.boot}.${n}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Events after that number; undefined: some are no longer kept. */
  after(n: number): readonly KeptEvent[] | undefined {
    const missing = this.last - n;
    if (missing < 0 || missing > this.#kept.length) return undefined;
    return this.#kept.slice(this.#kept.length - missing);
  }

  /** The number in an id of this start; undefined: the id is of another. */
  numberIn(id: string): number | undefined {
    const [, boot, n] = /^([^.]+)\.(\d+)$/.exec(id) ?? [];
    return boot === this.boot ? Number(n) : undefined;
  }
}

/** A request that waits for a slot. */
export interface Waiting<Limit> {
  readonly ready: (limit: Limit) => void;
  readonly dropped: (() => void) | undefined;
}

/** Requests that wait for a slot: callers take turns, and of one caller's requests the first comes first. */
export class SlotQueue<Limit> {
  #size = 0;
  /** by caller, in the order of their turns */
  readonly #lines = new Map<string, Waiting<Limit>[]>();

  get size(): number {
    return this.#size;
  }

  /** Whether another caller has more in it than this one would have. */
  yieldsTo(caller: string): boolean {
    return (this.#greediest()?.[1].length ?? 0) > (this.#lines.get(caller)?.length ?? 0) + 1;
  }

  add(caller: string, waiting: Waiting<Limit>): void {
    const line = this.#lines.get(caller);
    if (line) line.push(waiting);
    else this.#lines.set(caller, [waiting]);
    this.#size++;
  }

  /** The one whose turn it is. */
  next(): Waiting<Limit> | undefined {
    const [next] = this.#lines;
    if (!next) return undefined;
    const [caller, line] = next;
    // Its next one waits until all others had their turn.
    this.#lines.delete(caller);
    const first = line.shift() as Waiting<Limit>;
    if (line.length > 0) this.#lines.set(caller, line);
    this.#size--;
    return first;
  }

  /** @returns whether it was there */
  remove(caller: string, waiting: Waiting<Limit>): boolean {
    const line = this.#lines.get(caller);
    const at = line?.indexOf(waiting) ?? -1;
    if (!line || at < 0) return false;
    line.splice(at, 1);
    this.#size--;
    if (line.length === 0) this.#lines.delete(caller);
    return true;
  }

  /** The last request of the caller that has most gives its place up. @returns whether one did */
  drop(): boolean {
    const [caller, line] = this.#greediest() ?? [];
    const last = line?.at(-1);
    if (!last?.dropped) return false;
    this.remove(caller as string, last);
    last.dropped();
    return true;
  }

  #greediest(): [caller: string, line: Waiting<Limit>[]] | undefined {
    let most: [string, Waiting<Limit>[]] | undefined;
    for (const one of this.#lines) if (!most || one[1].length > most[1].length) most = one;
    return most;
  }
}

import { longTailed } from './chance.ts';
import type { Events } from './events.ts';

/** One upstream of the simulation: a number of answers at once, the rest waits inside it. */
export interface ServerFacts {
  readonly name: string;
  readonly slots: number;
  /** ms of work until the first content, as a median */
  readonly prefill: number;
  /** ms for each token after it */
  readonly token: number;
  readonly weight: number;
  readonly priority: number;
  /** its price, for strategies that compare prices */
  readonly price: number;
  /** how many models it has */
  readonly models: number;
}

/** Its fault, by the elapsed part of the run (0 to 1). */
export interface Circuit {
  /** how many times slower */
  readonly slow?: (part: number) => number;
  /** the probability of a 503 after 2 ms */
  readonly fails?: (part: number) => number;
  /** answers 429 after 2 ms when it has this many active */
  readonly full?: number;
  /** absent until this part of the run is over */
  readonly joins?: number;
}

export interface Answering {
  readonly content: () => void;
  readonly end: () => void;
  readonly fail: () => void;
}

/** Conversations in its prompt cache, and the part of the work that remains then. */
const CACHED = 60;
const WARM = 0.35;
const QUICK = 2;

export class Server {
  readonly facts: ServerFacts;
  readonly circuit: Circuit;
  readonly #events: Events;
  readonly #random: () => number;
  readonly #part: () => number;
  readonly #cache = new Set<string>();
  readonly #line: (() => void)[] = [];
  #busy = 0;

  constructor(
    facts: ServerFacts,
    circuit: Circuit,
    events: Events,
    random: () => number,
    part: () => number,
  ) {
    this.facts = facts;
    this.circuit = circuit;
    this.#events = events;
    this.#random = random;
    this.#part = part;
  }

  ask(conversation: string, answering: Answering): void {
    const { fails, full = Infinity } = this.circuit;
    const fail = this.#random() < (fails?.(this.#part()) ?? 0) || this.#busy + this.#line.length >= full;
    if (fail) return this.#events.after(QUICK, answering.fail);
    this.#line.push(() => this.#answer(conversation, answering));
    this.#next();
  }

  #next(): void {
    if (this.#busy >= this.facts.slots) return;
    const answer = this.#line.shift();
    if (!answer) return;
    this.#busy++;
    answer();
  }

  #answer(conversation: string, { content, end }: Answering): void {
    const { prefill, token } = this.facts;
    const slow = this.circuit.slow?.(this.#part()) ?? 1;
    const warm = this.#cache.delete(conversation) ? WARM : 1;
    this.#cache.add(conversation);
    if (this.#cache.size > CACHED) this.#cache.delete(this.#cache.values().next().value as string);
    const first = prefill * warm * slow * longTailed(this.#random, 0.4);
    const rest = 120 * longTailed(this.#random, 0.6) * token * slow;
    this.#events.after(first, content);
    this.#events.after(first + rest, () => {
      this.#busy--;
      end();
      this.#next();
    });
  }
}

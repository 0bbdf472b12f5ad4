import { Agent } from 'node:http';
import { chance } from '../simulate/chance.ts';
import { ask, type Seen } from './client.ts';

/** Open-loop requests (Poisson), JSON and streams alternating. */
export class Load {
  /** what has ended, in the order of its end */
  readonly seen: Seen[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  readonly #under = new Set<Promise<void>>();
  readonly #random: () => number;
  readonly #url: string;
  readonly #model: string;
  readonly #rate: number;
  #asked = 0;
  #due = performance.now();
  #timer: NodeJS.Timeout | undefined;

  /** @param rate requests a second */
  constructor(url: string, model: string, rate: number, seed: number) {
    this.#url = url;
    this.#model = model;
    this.#rate = rate;
    this.#random = chance(seed);
    this.#next();
  }

  /** Sends no more, and waits for active requests. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await Promise.all(this.#under);
    this.#agent.destroy();
  }

  #next(): void {
    this.#due += (-Math.log(1 - this.#random()) / this.#rate) * 1_000;
    this.#timer = setTimeout(
      () => {
        this.#ask();
        this.#next();
      },
      Math.max(0, this.#due - performance.now()),
    );
  }

  #ask(): void {
    const number = this.#asked++;
    const asking = ask({ url: this.#url, agent: this.#agent, model: this.#model, number }).then((seen) => {
      this.seen.push(seen);
      this.#under.delete(asking);
    });
    this.#under.add(asking);
  }
}

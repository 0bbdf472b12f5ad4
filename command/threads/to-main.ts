import type { Hear, Link } from './link.ts';
import type { Threads } from '../../kits/feature-kit/index.ts';

/** The main thread, as each of the others sees it. */
export class ToMain implements Threads {
  readonly isMain = false;
  readonly #link: Link;
  readonly #topics: Map<string, Hear>;

  constructor(link: Link, topics: Map<string, Hear>) {
    this.#link = link;
    this.#topics = topics;
  }

  tell(topic: string, value: unknown): void {
    this.#link.tell(topic, value);
  }

  async ask(topic: string, value: unknown): Promise<readonly unknown[]> {
    return [await this.#link.ask(topic, value)];
  }

  on(topic: string, hear: Hear): void {
    this.#topics.set(topic, hear);
  }

  onLost(): void {
    // With the main thread the process ends.
  }
}

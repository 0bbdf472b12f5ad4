import type { Which } from '../journal.ts';
import type { Received } from '../received.ts';
import { choose, type BehaviourName, type BehaviourOptions, type Chosen } from './index.ts';

/** Which behaviour answers a request: rules come first, then the queue, then what holds always. */
export class Choices {
  readonly #queue: Chosen[] = [];
  #rules: { which: Which; chosen: Chosen }[] = [];
  #always: Chosen = choose('ok');

  always<Name extends BehaviourName>(name: Name, options?: BehaviourOptions<Name>): void {
    this.#always = choose(name, options);
  }

  once<Name extends BehaviourName>(name: Name, options?: BehaviourOptions<Name>): void {
    this.#queue.push(choose(name, options));
  }

  when<Name extends BehaviourName>(which: Which, name: Name, options?: BehaviourOptions<Name>): void {
    this.#rules.unshift({ which, chosen: choose(name, options) });
  }

  reset(): void {
    this.#always = choose('ok');
    this.#queue.length = 0;
    this.#rules = [];
  }

  /** GETs ask for lists and health, often by themselves: only a rule makes them misbehave. */
  for(request: Received): Chosen {
    const rule = this.#rules.find(({ which }) => which(request));
    if (rule) return rule.chosen;
    if (request.method === 'GET') return choose('ok');
    return this.#queue.shift() ?? this.#always;
  }
}

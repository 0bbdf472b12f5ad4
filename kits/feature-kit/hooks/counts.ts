import type { Threads } from '../threads.ts';

/** The outcome for a request, or for a text of an answer. */
const OUTCOMES = ['passed', 'changed', 'refused', 'failed'] as const;
type HookOutcome = (typeof OUTCOMES)[number];

const TOPIC = 'hook';

/** How often each hook had each outcome. With several threads the main one has the counts of all. */
export class HookCounts {
  readonly byHook = new Map<string, Map<string, number>>();
  readonly #main: Threads | undefined;

  constructor(threads?: Threads) {
    if (threads?.isMain) threads.on(TOPIC, (counted: [string, HookOutcome]) => this.add(...counted));
    else this.#main = threads;
  }

  add(hook: string, outcome: HookOutcome): void {
    if (this.#main) return this.#main.tell(TOPIC, [hook, outcome]);
    let counts = this.byHook.get(hook);
    if (!counts) this.byHook.set(hook, (counts = new Map(OUTCOMES.map((one) => [one, 0]))));
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
}

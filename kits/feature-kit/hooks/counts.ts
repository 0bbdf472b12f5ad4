/** What became of a request, or of a text of an answer. */
export const OUTCOMES = ['passed', 'changed', 'refused', 'failed'] as const;
export type HookOutcome = (typeof OUTCOMES)[number];

/** How often each hook has done what. */
export class HookCounts {
  readonly byHook = new Map<string, Map<string, number>>();

  add(hook: string, outcome: HookOutcome): void {
    let counts = this.byHook.get(hook);
    if (!counts) this.byHook.set(hook, (counts = new Map(OUTCOMES.map((one) => [one, 0]))));
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
}

/** What can be wrong with an upstream. */
export const faults = ['cut', 'stall', 'refuse', '429', '503', 'slow', 'flip-flop'] as const;
export type Fault = (typeof faults)[number];

/** Who stands behind one model: one upstream that is well, and one for each fault. */
export interface Scene {
  readonly name: string;
  readonly faults: readonly Fault[];
}

export const scenes: readonly Scene[] = [
  ...faults.map((fault) => ({ name: fault, faults: [fault] })),
  { name: 'all', faults },
];

/** How long each part of a scene lasts, ms. */
export interface Times {
  readonly calm: number;
  readonly trouble: number;
  /** how long a return to the old share is waited for at most */
  readonly recovery: number;
}

export const usual: Times = { calm: 2_000, trouble: 8_000, recovery: 15_000 };
export const quick: Times = { calm: 500, trouble: 1_500, recovery: 5_000 };

/** Requests a second in each scene. */
export const rate = 60;

/** The faults of an upstream. */
export const faults = ['cut', 'stall', 'refuse', '429', '503', 'slow', 'flip-flop'] as const;
export type Fault = (typeof faults)[number];

/** The upstreams of one model: one that is healthy, and one for each fault. */
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
  readonly circuit: number;
  /** longest wait for a return to the old share */
  readonly recovery: number;
  /** requests a second */
  readonly rate: number;
}

export const usual: Times = { calm: 2_000, circuit: 8_000, recovery: 15_000, rate: 60 };
export const quick: Times = { calm: 500, circuit: 1_500, recovery: 5_000, rate: 60 };

/** Minutes in which all scenes come once: their effects are there when they come again. */
const perTurn = 5;

/** So that a quiet gateway goes through all scenes in its minutes. */
export function quiet(minutes: number): Times {
  const turns = Math.max(1, Math.round(minutes / perTurn));
  const each = (minutes * 60_000) / turns / scenes.length;
  return { calm: each / 8, circuit: each / 2, recovery: (each * 3) / 8, rate: 5 };
}

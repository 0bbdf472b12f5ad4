import type { Column, Rounds } from '../experiment.ts';

/** The median over the rounds. */
export const middle = (key: string, title: string, digits = 0): Column => ({
  title,
  digits,
  of: (rounds, peer) => median(values(rounds, peer, key)),
});

/** The median of the rounds' own ratios to another peer: the machine's drift between rounds cancels out. */
export const ratio = (key: string, title: string, to = 'bare'): Column => ({
  title,
  digits: 2,
  of: (rounds, peer) => median(pairs(rounds, peer, to, key).map(([own, other]) => own / other)),
});

/** The median of the rounds' own differences to direct. */
export const added = (key: string, title: string, digits = 2): Column => ({
  title,
  digits,
  of: (rounds, peer) =>
    peer === 'direct'
      ? undefined
      : median(pairs(rounds, peer, 'direct', key).map(([own, direct]) => own - direct)),
});

/** The median of the rounds' own differences to another row. */
export const difference = (key: string, title: string, to: string, digits = 1): Column => ({
  title,
  digits,
  of: (rounds, row) => median(pairs(rounds, row, to, key).map(([own, other]) => own - other)),
});

/** The sum over the rounds, for what should never happen. */
export const total = (key: string, title: string): Column => ({
  title,
  digits: 0,
  of: (rounds, peer) => sum(values(rounds, peer, key)),
});

function values(rounds: Rounds, peer: string, key: string): number[] {
  return (rounds.get(peer) ?? []).map((sample) => sample[key]).filter((value) => value !== undefined);
}

function pairs(rounds: Rounds, peer: string, other: string, key: string): [number, number][] {
  const own = values(rounds, peer, key);
  const others = values(rounds, other, key);
  return own.length === others.length ? own.map((value, round) => [value, others[round]!]) : [];
}

export function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.filter((number) => !Number.isNaN(number)).sort((a, b) => a - b);
  const half = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[half];
  return sorted.length === 0 ? undefined : (sorted[half - 1]! + sorted[half]!) / 2;
}

const sum = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : numbers.reduce((so, number) => so + number, 0);

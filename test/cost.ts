import type { Test } from 'tap';

/** ms of processor that this process takes for some work, the least of several times: what other processes do meanwhile does not count. */
export function costOf(work: () => void, times = 3): number {
  const costs = Array.from({ length: times }, () => {
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1_000;
  });
  return Math.min(...costs);
}

/**
 * Sixteen times as much takes sixteen times as long, or some more with cold memory; where work grows with the square, 256 times.
 * @param work takes a count, returns ms
 * @param most the larger count
 */
export function growsWithNumber(t: Test, work: (count: number) => number, most: number): void {
  const [few, many] = [work(most / 16), work(most)];
  t.ok(many < 100 * few, `${few} ms, and ${many} ms for sixteen times as much`);
}

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

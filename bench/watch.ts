import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { cpu, isMeasured, ticks } from './proc.ts';

/** The cost of a piece of work, by the operating system's account; undefined where it can not be measured. */
export interface Watched<T> {
  result: T;
  /** CPU of the gateway's process tree, microseconds. */
  cpu: number | undefined;
  /** CPU of all other processes meanwhile, per cent: a busy machine makes poor numbers. */
  others: number | undefined;
}

/** Runs `work` and measures its cost; `gateway` is the root of its process tree. */
export async function watch<T>(gateway: number | undefined, work: () => Promise<T>): Promise<Watched<T>> {
  const before = look(gateway);
  const result = await work();
  const after = look(gateway);
  if (before === undefined || after === undefined) return { result, cpu: undefined, others: undefined };
  const theirs = after.busy - before.busy - (after.ours - before.ours);
  const others = Math.max(0, (theirs / (after.at - before.at) / cpus().length) * 100);
  return { result, cpu: gateway === undefined ? undefined : after.gateway - before.gateway, others };
}

function look(gateway: number | undefined) {
  if (!isMeasured) return undefined;
  const at = performance.now() * 1e3;
  return { at, busy: busy(), ours: cpu(process.pid), gateway: gateway === undefined ? 0 : cpu(gateway) };
}

/** Microseconds all cores were not idle: proc_stat(5), user nice system idle iowait irq softirq steal. */
function busy(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const fields = line.split(/\s+/).slice(1, 9).map(Number);
  return fields.reduce((sum, field, index) => (index === 3 || index === 4 ? sum : sum + field), 0) * ticks();
}

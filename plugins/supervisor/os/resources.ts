import type { ProcessSpec, ProcessUsage } from '../../../core/contracts/index.ts';
import type { Schedule } from '../health/liveness.ts';
import type { ProcessRow, ProcessTree } from '../../../kits/process-kit/index.ts';

export type Limits = NonNullable<ProcessSpec['limits']>;

/** ms between two measurements, and how old a shared process table may be */
const EVERY = 2_000;
const FRESH = 1_000;
/** measurements in a row above the memory limit before it counts */
const MEMORY_LOOKS = 3;
/** a minute */
const CPU_LOOKS = 30;

interface ResourceOptions {
  readonly tree: ProcessTree;
  readonly limits: Limits;
  readonly later: Schedule;
  /** called at each measurement that finds it above a limit for long enough */
  readonly over: (why: string) => void;
}

/** Measures what a program uses, for as long as it runs. */
export class Resources {
  usage: ProcessUsage | undefined;
  readonly #options: ResourceOptions;
  readonly #shares: number[] = [];
  #cpuTimes: ReadonlyMap<string, number> = new Map();
  #atMs = performance.now();
  #aboveMemory = 0;
  #ended = false;
  #cancel: () => void;

  constructor(options: ResourceOptions) {
    this.#options = options;
    this.#cancel = options.later(() => void this.#measure(), EVERY / 10);
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  async #measure(): Promise<void> {
    const { tree, later } = this.#options;
    const found = await tree.read(FRESH).catch(() => undefined);
    if (this.#ended) return;
    this.#cancel = later(() => void this.#measure(), EVERY);
    if (!found || found.atMs <= this.#atMs || found.members.length === 0) return;
    this.usage = this.#sum(found.members, (found.atMs - this.#atMs) / 1_000);
    this.#atMs = found.atMs;
    this.#judge(this.usage);
  }

  #sum(members: readonly ProcessRow[], seconds: number): ProcessUsage {
    const spent = new Map(members.map(({ pid, start, cpu }) => [`${pid} ${start}`, cpu]));
    const before = (process: string): number => this.#cpuTimes.get(process) ?? 0;
    const since = [...spent].reduce((sum, [process, cpu]) => sum + Math.max(0, cpu - before(process)), 0);
    this.#cpuTimes = spent;
    const memory = members.reduce((sum, row) => sum + row.memory, 0);
    return { memory, cpu: Math.round((since / seconds) * 100) / 100, processes: members.length };
  }

  #judge({ memory, cpu }: ProcessUsage): void {
    const { limits, over } = this.#options;
    this.#shares.push(cpu);
    if (this.#shares.length > CPU_LOOKS) this.#shares.shift();
    const average = this.#shares.reduce((sum, share) => sum + share, 0) / CPU_LOOKS;
    const { memory: mostMemory = Infinity, cpu: mostCpu = Infinity } = limits;
    this.#aboveMemory = memory > mostMemory ? this.#aboveMemory + 1 : 0;
    if (this.#aboveMemory >= MEMORY_LOOKS)
      over(`uses ${mebibytes(memory)} of memory, more than limits.memory allows (${mebibytes(mostMemory)})`);
    else if (this.#shares.length === CPU_LOOKS && average > mostCpu)
      over(`used ${average.toFixed(1)} cores for a minute, more than limits.cpu allows (${mostCpu})`);
  }
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MiB`;

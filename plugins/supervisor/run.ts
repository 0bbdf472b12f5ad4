import { randomBytes } from 'node:crypto';
import type {
  Address,
  AttemptOutcome,
  Probe,
  ProcessSpec,
  ProcessUsage,
} from '../../core/contracts/index.ts';
import {
  adoptGroup,
  choosePort,
  closeCgroup,
  endEach,
  fillPlaceholders,
  fillEach,
  spawnGroup,
  minimalEnvironment,
  newMark,
  pauseReading,
  originOf,
  probe,
  writePidFile,
  foreignListener,
  ProcessTree,
  type Exit,
  type Output,
  type ProcessRow,
  type AdoptedGroup,
  type SpawnedGroup,
} from '../../kits/process-kit/index.ts';
import { Liveness } from './health/liveness.ts';
import type { Schedule, ProbeResult } from './health/liveness.ts';
import { secretEnvironment } from './install/private-files.ts';
import { untilReady } from './health/readiness.ts';
import { Resources } from './os/resources.ts';

/** ms that one probe may take */
const PROBE_WITHIN = 5_000;
/** ms of being unhealthy after which it counts as dead, unless its plugin or the config says otherwise */
const PATIENCE = 30_000;
/** rounds of ending remaining processes: a program may start further ones meanwhile */
const ROUNDS = 3;
/** cores in use above which a program counts as computing an answer */
const COMPUTING = 0.2;

/** Where one run of a program listens, and the key made for that run alone. */
export interface ProgramAddress extends Address {
  readonly port: number;
}

/** @throws Error naming the process that has the port */
export async function chooseAddress({ port: wish, host }: ProcessSpec): Promise<ProgramAddress> {
  const port = await choosePort(wish, host);
  return { port, origin: originOf(host, port), key: randomBytes(24).toString('base64url') };
}

interface RunOptions {
  readonly spec: ProcessSpec;
  readonly folder: string;
  /** a folder of its own to write into */
  readonly data: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** the values of the placeholders */
  readonly values: Readonly<Record<string, string>>;
  readonly output: Output;
  /** it runs already; undefined: it is started */
  readonly adopted?: AdoptedGroup | undefined;
  readonly heard?: (origin: string) => number;
  readonly later: Schedule;
  readonly told: {
    readonly unhealthy: (complaint: string) => void;
    readonly healthy: () => void;
    readonly dead: (complaint: string) => void;
    /** it uses more than its limits allow */
    readonly over: (complaint: string) => void;
  };
}

/** It runs in a folder of its own, apart from its code. */
export const isPrivate = ({ source, files }: ProcessSpec): boolean =>
  source?.code !== undefined || files !== undefined;

/** One run of a program, from its launch until nothing of it is left. */
export class Run {
  readonly place: ProgramAddress;
  readonly #options: RunOptions;
  readonly #probe: Probe;
  readonly #mark: string;
  readonly #process: SpawnedGroup;
  readonly #tree: ProcessTree | undefined;
  readonly #resources: Resources | undefined;
  #liveness: Liveness | undefined;
  #isEnding = false;
  #isReleased = false;
  #readAgain: (() => void)[] = [];

  constructor(place: ProgramAddress, setting: RunOptions) {
    const { spec, folder, data, env, values, output, adopted, later, told } = setting;
    const home = isPrivate(spec) ? data : spec.source && folder;
    const mark = adopted?.mark ?? newMark(folder);
    this.#mark = mark;
    this.place = place;
    this.#options = setting;
    this.#probe = { ...spec.probe, headers: fillEach(spec.probe.headers ?? {}, values) };
    this.#process = adopted
      ? adoptGroup(adopted, { output, folder })
      : spawnGroup({
          command: spec.command.map((word) => fillPlaceholders(word, values)),
          cwd: spec.cwd === undefined ? home : fillPlaceholders(spec.cwd, values),
          env: { ...minimalEnvironment(env), ...fillEach(spec.env, values), ...secretEnvironment(spec) },
          output,
          folder,
          mark,
        });
    const { pid, cgroup, over } = this.#process;
    over.addEventListener('abort', () => this.#unwatch());
    if (pid === undefined) return;
    this.#tree = new ProcessTree(
      pid,
      { mark, cgroup },
      (strays) => this.#isEnding || this.#isReleased || writePidFile(folder, pid, mark, strays),
    );
    this.#resources = new Resources({ tree: this.#tree, limits: spec.limits ?? {}, later, over: told.over });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  get usage(): ProcessUsage | undefined {
    return this.#resources?.usage;
  }

  get lastProbe(): ProbeResult | undefined {
    return this.#liveness?.lastProbe;
  }

  /**
   * Waits until its probe succeeds, and the answer is the program's own.
   * @param waits called with what is wrong, at each probe that finds something
   * @returns what was wrong when time was up; undefined: nothing
   * @throws when it has ended or the signal is aborted
   */
  ready(signal: AbortSignal, waits: (complaint: string) => void): Promise<string | undefined> {
    return untilReady({
      waits,
      probe: async () =>
        (await this.#probeOnce()) ?? (await this.#foreignListener()) ?? (await this.#findChildren()),
      withinMs: this.#options.spec.probe.withinMs,
      signal: AbortSignal.any([signal, this.#process.over]),
    });
  }

  /** It is ready: from now on it is probed. */
  watch(): void {
    const { spec, heard, later, told } = this.#options;
    const { everyMs } = spec.probe;
    this.#liveness = new Liveness({
      probe: () => this.#probeOnce(Math.min(PROBE_WITHIN, everyMs)),
      everyMs,
      restartAfterMs: spec.restartUnhealthyMs ?? PATIENCE,
      later,
      bytesReceived: () => heard?.(this.place.origin) ?? 0,
      isComputing: () => (this.usage?.cpu ?? 0) >= COMPUTING,
      ...told,
    });
  }

  /** For the gateway process that continues with it; its output is not read until then. */
  give(): AdoptedGroup | undefined {
    const { pid, cgroup, streams } = this.#process;
    if (pid === undefined || this.#process.over.aborted) return undefined;
    this.#readAgain = streams.slice(1).map(pauseReading);
    return { pid, cgroup, mark: this.#mark, streams };
  }

  /** It was not taken. */
  keep(): void {
    for (const readAgain of this.#readAgain.splice(0)) readAgain();
  }

  /** It was taken: it runs on, and is not watched here any more. */
  release(): void {
    this.#isReleased = true;
    this.#unwatch();
    this.#process.release();
  }

  /** An attempt at it has ended. */
  observe(sign: AttemptOutcome): void {
    this.#liveness?.observe(sign);
  }

  /**
   * Ends it as its spec says, with the processes that have left its group.
   * @returns the processes that could not be ended
   */
  async end(
    { signal, graceMs }: { signal: NodeJS.Signals; graceMs: number } = this.#options.spec.stop,
  ): Promise<readonly ProcessRow[]> {
    this.#isEnding = true;
    this.#unwatch();
    const strays = await this.#strays();
    await Promise.all([this.#process.end(signal, graceMs), endEach(strays, signal, graceMs)]);
    // Processes that were started while the others were ended.
    let left = await this.#strays();
    for (let round = 0; left.length > 0 && round < ROUNDS; round++) {
      await endEach(left, 'SIGKILL', 0);
      left = await this.#strays();
    }
    const { cgroup } = this.#process;
    if (cgroup !== undefined) closeCgroup(cgroup);
    return left;
  }

  #strays(): Promise<readonly ProcessRow[]> {
    return this.#tree?.strays().catch(() => []) ?? Promise.resolve([]);
  }

  #unwatch(): void {
    this.#liveness?.end();
    this.#resources?.end();
  }

  #probeOnce(withinMs = PROBE_WITHIN): Promise<string | undefined> {
    return probe(this.place.origin, this.#probe, withinMs, this.#options.output.hide);
  }

  /** Notes the processes that have left its group, so that they are known even if the first process ends right away. */
  async #findChildren(): Promise<undefined> {
    await this.#tree?.read(0).catch(() => undefined);
  }

  async #foreignListener(): Promise<string | undefined> {
    if (this.pid === undefined) return undefined;
    const stranger = await foreignListener(this.place.port, this.pid);
    return (
      stranger && `port ${this.place.port} is answered by ${stranger}, not by the process that was started`
    );
  }
}

import type {
  AttemptOutcome,
  ProcessChange,
  ProcessState,
  ProcessUsage,
} from '../../core/contracts/index.ts';
import type * as contract from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { ScheduledRestart } from './restart/scheduled-restart.ts';
import { RestartPolicy } from './restart/restart-policy.ts';
import { lacksOf } from '../../kits/provider-kit/index.ts';
import { whenIdle } from './health/idle.ts';
import { schedule } from './health/liveness.ts';
import type { Schedule, ProbeResult } from './health/liveness.ts';
import type { Log } from './log/log.ts';
import type { SupervisorDeps } from './dependencies.ts';
import { Program } from './program.ts';
import { describe } from './status.ts';
import { Crash } from './restart/crash.ts';
import { MOST_WAITING, abortable, queueFull, noop, startedByHand } from './start-queue.ts';

type SupervisorOptions = Omit<SupervisorDeps, 'crashed' | 'later'> & {
  readonly random: () => number;
  /** injected by tests */
  readonly later?: Schedule;
};

/** One local process of one provider: whether it is wanted, and when it is started again. */
export class Supervisor implements contract.ManagedProcess {
  /** starts after a crash */
  restarts = 0;
  readonly #options: SupervisorOptions;
  readonly #name: string;
  readonly program: Program;
  readonly #policy: RestartPolicy;
  readonly #schedule: Schedule;
  #wanted = false;
  /** why it was stopped for good */
  #closed: string | undefined;
  #starting: Promise<void> | undefined;
  #installing: Promise<void> | undefined;
  /** how often it was stopped: an installation that waited across a stop does not continue */
  #stops = 0;
  #stopping: Promise<void> | undefined;
  readonly #scheduledRestart: ScheduledRestart;
  #waiting = 0;
  #cancelIdleWatch = noop;

  constructor(given: SupervisorOptions) {
    this.#options = given;
    this.#name = given.provider.name;
    this.#schedule = given.later ?? schedule;
    this.#scheduledRestart = new ScheduledRestart(this.#schedule);
    this.#policy = new RestartPolicy(given.now, given.random);
    const crashed = (crash: Crash, healthyFor: number) => this.#crashed(crash, healthyFor);
    this.program = new Program({ ...given, later: this.#schedule, crashed });
  }

  get state(): ProcessState {
    return this.program.state;
  }

  get history(): readonly ProcessChange[] {
    return this.program.history.changes;
  }

  get pid(): number | undefined {
    return this.program.pid;
  }

  get port(): number | undefined {
    return this.program.port;
  }

  /** The progress of a start, for people, and when it began; undefined: it is not starting. */
  get progress(): Program['progress'] {
    return this.program.progress;
  }

  /** Until when requests get the last failure at once, on the gateway's clock; undefined: it has not failed. */
  get retryAtMs(): number | undefined {
    return this.#policy.untilMs;
  }

  /** When it is restarted by itself after a crash, on the gateway's clock; undefined: no restart is scheduled. */
  get restartsAtMs(): number | undefined {
    return this.#scheduledRestart.awaited && this.#policy.untilMs;
  }

  /** A request for it starts it. */
  get startsOnDemand(): boolean {
    return this.#options.spec.start !== 'manual' || this.#wanted;
  }

  get refusal(): GatewayError | undefined {
    if (this.program.isUp) return undefined;
    if (this.#waiting >= MOST_WAITING) return queueFull(this.#name, this.state);
    if (this.#scheduledRestart.awaited) return undefined;
    if (!this.startsOnDemand) return startedByHand(this.#name, this.state);
    return this.#starting ? undefined : this.#policy.last;
  }

  /** It is being stopped, and not to be started again. */
  get isStopping(): boolean {
    return this.state === 'stopping' && !this.#wanted;
  }

  /** The last lines it wrote. */
  get output(): readonly string[] {
    return this.log.output.lines;
  }

  /** Its kept output. */
  get log(): Log {
    return this.program.log;
  }

  /** What all its processes use; undefined: it does not run, or that was not measured yet. */
  get usage(): ProcessUsage | undefined {
    return this.program.usage;
  }

  get lastProbe(): ProbeResult | undefined {
    return this.program.lastProbe;
  }

  /** Values that the operator must give before it can start, each with the remedy. */
  get lacks(): readonly string[] {
    return lacksOf(this.#options.spec, this.#name);
  }

  /** Its launch, for people. */
  get launch(): Program['launch'] {
    return this.program.launch;
  }

  describe(): ReturnType<typeof describe> {
    return describe(this.program, this.#options.spec, this.restarts);
  }

  /**
   * Starts it, also after failures. Concurrent calls share one start.
   * @throws GatewayError toolchain_missing, install_failed or process_failed, with the remedy
   */
  start(reason: string): Promise<void> {
    this.#policy.reset();
    return this.#start(reason);
  }

  /**
   * Fetches and installs missing parts, without starting it. Concurrent calls share one installation; a running program
   * lacks none.
   * @throws GatewayError toolchain_missing, install_failed or provider_unavailable, with the remedy
   */
  async install(reason: string): Promise<void> {
    const stops = this.#stops;
    while (this.#stopping || this.#starting) {
      await this.#stopping;
      await this.#starting?.catch(noop);
      if (stops !== this.#stops && !this.#wanted) throw this.#stopped('installed');
    }
    if (this.#closed) throw new GatewayError('shutting_down', this.#closed);
    if (this.program.isUp || this.#scheduledRestart.awaited) return;
    this.#installing ??= this.#install(reason).finally(() => (this.#installing = undefined));
    return this.#installing;
  }

  /** Stops it, or its start or installation. Settles when all of its group is gone. */
  stop(reason: string): Promise<void> {
    this.#wanted = false;
    this.#stops++;
    this.#stopping ??= this.#stopProgram(reason).finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }

  /**
   * Stops it after running answers have had their time, and starts it again. Requests wait.
   * @throws GatewayError as `start` does
   */
  restart(reason: string): Promise<void> {
    this.stop(reason).catch(noop);
    return this.start(reason);
  }

  /** An attempt at it has ended, which may show that it does not work. */
  observe(outcome: AttemptOutcome): void {
    this.program.observe(outcome);
  }

  /**
   * For a request that waits for it. A request starts it again only when the back-off is over.
   * @param signal ends the wait, not the start
   */
  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.program.isUp) return;
    const { refusal } = this;
    if (refusal) throw refusal;
    this.#waiting++;
    try {
      await abortable(this.#untilReady(), signal);
    } finally {
      this.#waiting--;
    }
  }

  /** Stops it for good. @param reason with one, running answers have their time first */
  async close(reason?: string): Promise<void> {
    this.#closed ??= reason ?? 'the gateway stops';
    if (reason === undefined) this.program.drain.skip();
    await this.stop(this.#closed);
    await this.log.close();
    this.#options.ended?.();
  }

  #untilReady(): Promise<void> {
    return this.#scheduledRestart.awaited ?? this.#start('a request waits for it');
  }

  #start(reason: string): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(new GatewayError('shutting_down', this.#closed));
    this.#wanted = true;
    if (this.#stopping) return this.#stopping.then(() => this.#startUnlessStopped(reason));
    if (this.program.isUp) return Promise.resolve();
    this.#starting ??= this.#begin(reason).finally(() => (this.#starting = undefined));
    this.#starting.catch(noop);
    this.#scheduledRestart.begin(this.#starting);
    return this.#starting;
  }

  /** A stop that was asked for later than the start wins. */
  #startUnlessStopped(reason: string): Promise<void> {
    return this.#wanted ? this.#start(reason) : Promise.reject(this.#stopped());
  }

  async #begin(reason: string): Promise<void> {
    if (this.#installing) await this.#untilInstalled();
    try {
      await this.program.open(reason);
      this.#watchIdle();
    } catch (error) {
      if (error instanceof Crash) this.#scheduleRestart(error, 0);
      else if (this.#wanted) this.#policy.fail(error as GatewayError);
      throw error;
    }
  }

  async #install(reason: string): Promise<void> {
    await this.program.install(reason);
    if (this.state !== 'failed') this.#policy.reset();
  }

  /** Waits for an installation under way; a stop that was asked for during the wait wins over the start. */
  async #untilInstalled(): Promise<void> {
    while (this.#installing || this.#stopping) {
      await this.#installing?.catch(noop);
      await this.#stopping;
    }
    if (!this.#wanted) throw this.#stopped();
  }

  #watchIdle(): void {
    const { use, spec } = this.#options;
    if (!use || spec.idleStopMs === undefined) return;
    const idle = () => void this.stop(`it has not been used for ${spec.idleStopMs! / 1000} s`);
    this.#cancelIdleWatch();
    this.#cancelIdleWatch = whenIdle({ use, afterMs: spec.idleStopMs, later: this.#schedule, idle });
  }

  #crashed(crash: Crash, healthyFor: number): void {
    this.#cancelIdleWatch();
    // A start is waiting already: it begins as soon as no process of the previous run is left.
    if (!this.#starting) this.#scheduleRestart(crash, healthyFor);
  }

  #scheduleRestart(crash: Crash, healthyFor: number): void {
    if (!this.#wanted) return;
    const { loops, delayMs } = this.#policy.crash(crash, healthyFor);
    if (loops) return this.program.history.set('failed', `crashed again and again: ${crash.message}`);
    const next =
      delayMs === 0 ? 'it is started again at once' : `next try in ${(delayMs / 1000).toFixed(1)} s`;
    this.program.history.set('backoff', `${crash.message}; ${next}`);
    this.#scheduledRestart.plan(delayMs, () => this.#restart());
  }

  #restart(): void {
    this.restarts++;
    void this.#start('starts again after a failure').catch(noop);
  }

  async #stopProgram(reason: string): Promise<void> {
    this.#cancelIdleWatch();
    this.#scheduledRestart.cancel(this.#stopped());
    await this.program.end(reason);
  }

  #stopped(what = 'ready'): GatewayError {
    return new GatewayError('process_failed', `${this.#name} was stopped before it was ${what}`);
  }
}

import { INSTALLED, type AdoptedGroup, type Exit } from '../../kits/process-kit/index.ts';
import type { AttemptOutcome, ProcessState, ProcessUsage } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { Drain } from './health/drain.ts';
import { writePrivateFiles, missingOf } from './install/private-files.ts';
import { endOrphans } from './os/end-orphans.ts';
import type { ProbeResult } from './health/liveness.ts';
import { openLog, type Log } from './log/log.ts';
import { masker, secretsOf } from './log/mask-secrets.ts';
import { ProgramErrors } from './program-errors.ts';
import type { Adoption, Running } from './handed-program.ts';
import { StartProgress, type Progress } from './start-progress.ts';
import type { SupervisorDeps } from './dependencies.ts';
import { installWithProgress } from './install/install-with-progress.ts';
import { isRunnable } from './install/paths.ts';
import { Run, chooseAddress, isPrivate, type ProgramAddress } from './run.ts';
import { History } from './history.ts';
import { shownLaunch, valuesOf } from './placeholder-values.ts';
import { Crash, explainExit } from './restart/crash.ts';
import { noop } from './start-queue.ts';

/** A program and its process: installs, starts and ends it, and reports what happened. The supervisor decides what follows. */
export class Program {
  readonly history: History;
  readonly log: Log;
  readonly drain: Drain;
  pid: number | undefined;
  port: number | undefined;
  lastExit: (Exit & { readonly atEpochMs: number }) | undefined;

  readonly #deps: SupervisorDeps;
  readonly #name: string;
  /** values that the toolchain gave, once it has prepared the program */
  #values: Record<string, string> | undefined;
  #interrupt = new AbortController();
  #opening: Promise<void> | undefined;
  readonly #steps: StartProgress;
  /** undefined from the moment that its end was asked for or seen */
  #run: Run | undefined;
  #readySinceMs: number | undefined;
  /** lines that had been written before it ran */
  #linesBefore = 0;
  /** settles when no process of the previous run is left */
  #cleared: Promise<void>;
  readonly #errors: ProgramErrors;
  #adoption: Adoption | undefined;
  /** another gateway process has it */
  #isReleased = false;

  constructor(parts: SupervisorDeps) {
    this.#deps = parts;
    this.#name = parts.provider.name;
    this.log = openLog(parts);
    this.drain = new Drain(parts);
    this.#steps = new StartProgress(parts);
    this.history = new History(this.#rest, 'not started yet', parts.date, parts.changed);
    this.#errors = new ProgramErrors(parts, this.history);
    this.#cleared = endOrphans(parts).catch(this.#errors.cleanUpFailed);
  }

  get state(): ProcessState {
    return this.history.last.state;
  }

  get isUp(): boolean {
    return this.#run !== undefined && (this.state === 'healthy' || this.state === 'unhealthy');
  }

  /** undefined: it is not being opened */
  get progress(): Progress | undefined {
    return this.#steps.progress;
  }

  /** What all its processes use; undefined: it does not run, or that was not measured yet. */
  get usage(): ProcessUsage | undefined {
    return this.pid === undefined ? undefined : this.#run?.usage;
  }

  /** Its launch, for people. */
  get launch(): ReturnType<typeof shownLaunch> {
    return shownLaunch(this.#deps, this.#values, this.pid === undefined ? undefined : this.port);
  }

  /** undefined: it does not run, or was not probed since it was ready. */
  get lastProbe(): ProbeResult | undefined {
    return this.#run?.lastProbe;
  }

  /** An attempt at it has ended. */
  observe(sign: AttemptOutcome): void {
    this.#run?.observe(sign);
  }

  /**
   * Installs missing parts and runs it. Settles when it is ready.
   * @throws GatewayError with what went wrong and the remedy; a Crash when it ended by itself
   */
  open(reason: string): Promise<void> {
    this.#interrupt = new AbortController();
    this.#opening = this.#open(reason, this.#interrupt.signal).finally(() => this.#opened());
    return this.#opening;
  }

  /** Installs missing parts without running it. @throws GatewayError with what went wrong and the remedy */
  install(reason: string): Promise<void> {
    this.#interrupt = new AbortController();
    this.#opening = this.#installOnly(reason, this.#interrupt.signal).finally(() => this.#opened());
    return this.#opening;
  }

  /** Ends it, after its running answers have had their time, or ends its start. Settles when no process of it is left. */
  async end(reason: string): Promise<void> {
    if (this.#isReleased) return;
    this.#interrupt.abort();
    const run = this.#run;
    this.#run = undefined;
    if (run || this.#opening) this.history.set('stopping', reason);
    if (run && this.#readySinceMs !== undefined) await this.drain.wait();
    const left = await run?.end();
    await this.#opening?.catch(noop);
    await this.#cleared;
    if (left && left.length > 0) this.#errors.notEnded(left);
    else if (this.state !== this.#rest) this.history.set(this.#rest, reason);
  }

  /** undefined: it is not ready */
  get running(): Running | undefined {
    const [run, since] = [this.#run, this.#readySinceMs];
    if (!this.isUp || !run || since === undefined) return undefined;
    return { run, values: this.#values, healthyForMs: this.#deps.now() - since };
  }

  /** The next start goes on with a program that runs already. */
  adopt(adoption: Adoption): void {
    this.#adoption = adoption;
  }

  /** Another gateway process has it: for requests that are still here it is up, and is neither ended nor started again. */
  release(): void {
    this.#isReleased = true;
    this.#run?.release();
  }

  async #open(reason: string, signal: AbortSignal): Promise<void> {
    const since = this.#steps.begin();
    try {
      await this.#cleared;
      signal.throwIfAborted();
      if (this.#adoption) return this.#takeOver(this.#adoption);
      const missing = missingOf(this.#deps.spec, this.#name);
      if (missing) throw this.#errors.failed(missing);
      // Its code may have changed, so it is checked each time.
      if (!this.#values || this.#deps.spec.source?.code) this.#values = await this.#install(reason, signal);
      signal.throwIfAborted();
      this.#steps.step('starting');
      this.history.set('starting', reason);
      const place = await chooseAddress(this.#deps.spec);
      signal.throwIfAborted();
      await this.#start(place, since, signal);
    } catch (error) {
      if (signal.aborted) throw this.#errors.error('was stopped before it was ready');
      if (error instanceof GatewayError) throw error;
      throw this.#errors.failed(this.#errors.error(`cannot start: ${(error as Error).message}`, error));
    }
  }

  async #installOnly(reason: string, signal: AbortSignal): Promise<void> {
    this.#steps.begin();
    try {
      await this.#cleared;
      signal.throwIfAborted();
      this.#values = await this.#install(reason, signal);
    } catch (error) {
      throw signal.aborted ? this.#errors.error('was stopped before it was installed') : error;
    }
    if (this.state === 'installing' || this.state === 'absent') this.history.set(this.#rest, INSTALLED);
  }

  async #install(reason: string, signal: AbortSignal): Promise<Record<string, string>> {
    const step = (line: string): void => {
      this.#steps.step(line);
      this.history.set('installing', reason);
    };
    try {
      return await installWithProgress(this.#deps, signal, step);
    } catch (error) {
      throw signal.aborted ? error : this.#errors.failed(error as GatewayError);
    }
  }

  async #start(place: ProgramAddress, since: number, signal: AbortSignal): Promise<void> {
    const { now, spec, data } = this.#deps;
    this.#linesBefore = this.log.output.count;
    this.log.output.hide = masker(secretsOf(spec, place.key));
    const values = valuesOf(this.#deps, this.#values, place);
    if (isPrivate(spec)) await writePrivateFiles(spec, data, values);
    signal.throwIfAborted();
    const run = this.#launch(place, values);
    const waits = (complaint: string): void => this.#steps.notReady(complaint);
    const complaint = await run.ready(signal, waits).catch(() => this.#cleared);
    signal.throwIfAborted();
    if (this.#run !== run) throw this.#exitBeforeReady();
    if (complaint !== undefined) throw await this.#notReadyInTime(run, complaint);
    this.#readySinceMs = now();
    const took = `ready after ${Math.round(this.#readySinceMs - since)} ms`;
    this.#deps.log.info({ provider: this.#name }, took);
    this.history.set('healthy', took);
    run.watch();
  }

  #takeOver({ place, values, lines, healthyForMs, group }: Adoption): void {
    this.#adoption = undefined;
    this.#values = values;
    this.#linesBefore = this.log.output.count = lines;
    this.log.output.hide = masker(secretsOf(this.#deps.spec, place.key));
    const run = this.#launch(place, valuesOf(this.#deps, values, place), group);
    this.#readySinceMs = this.#deps.now() - healthyForMs;
    this.history.set('healthy', 'taken over from the gateway process before this one');
    run.watch();
  }

  #launch(place: ProgramAddress, values: Readonly<Record<string, string>>, adopted?: AdoptedGroup): Run {
    const { address } = this.#deps.provider;
    if (address) Object.assign(address, { origin: place.origin, key: place.key });
    const set = (state: ProcessState, reason: string): void => {
      if (this.#run === run) this.history.set(state, reason);
    };
    const told = {
      unhealthy: (what: string) => set('unhealthy', what),
      healthy: () => set('healthy', 'it answers again'),
      dead: (what: string) => this.#giveUp(run, `was unhealthy for too long: ${what}`),
      over: (what: string) => this.#giveUp(run, what, this.drain.wait),
    };
    const run: Run = new Run(place, { ...this.#deps, values, output: this.log.output, adopted, told });
    this.#run = run;
    this.#readySinceMs = undefined;
    this.pid = run.pid;
    this.port = place.port;
    this.#cleared = run.exited.then((exit) => this.#exited(run, exit)).catch(this.#errors.cleanUpFailed);
    return run;
  }

  async #exited(run: Run, exit: Exit): Promise<void> {
    if (this.#isReleased) return;
    this.pid = undefined;
    this.lastExit = { ...exit, atEpochMs: this.#deps.date() };
    const at = this.#deps.now();
    if (this.#run !== run) return;
    this.#run = undefined;
    // Its children may still run, and hold the port.
    await run.end({ signal: 'SIGKILL', graceMs: 0 });
    if (this.#readySinceMs !== undefined)
      this.#deps.crashed(this.#explainExit().crash, at - this.#readySinceMs);
  }

  /** Ends a program that is unhealthy or uses too much, to be started again as after a crash. */
  #giveUp(run: Run, what: string, first = async (): Promise<void> => {}): void {
    if (this.#run !== run || this.#readySinceMs === undefined) return;
    const healthyFor = this.#deps.now() - this.#readySinceMs;
    this.#run = undefined;
    this.history.set('stopping', what);
    this.#cleared = first()
      .then(() => run.end())
      .then(() => this.#deps.crashed(new Crash('process_failed', `${this.#name} ${what}`), healthyFor))
      .catch(this.#errors.cleanUpFailed);
  }

  #explainExit(): ReturnType<typeof explainExit> {
    const lines = this.log.output.since(this.#linesBefore);
    return explainExit(this.#name, this.lastExit!, lines, this.#deps.spec.exits);
  }

  /** It ended before it was ready: an end that is known to repeat is not tried again. */
  #exitBeforeReady(): GatewayError {
    const { crash, stays } = this.#explainExit();
    return stays ? this.#errors.failed(new GatewayError('process_failed', crash.message)) : crash;
  }

  async #notReadyInTime(run: Run, complaint: string): Promise<GatewayError> {
    const reason = `not ready within ${this.#deps.spec.probe.withinMs} ms: ${complaint}`;
    this.#run = undefined;
    this.history.set('stopping', reason);
    const left = await run.end();
    if (left.length > 0) this.#errors.notEnded(left);
    else this.history.set('stopped', reason);
    return this.#errors.error(`was ${reason}`);
  }

  get #rest(): ProcessState {
    return this.#values || isRunnable(this.#deps) ? 'stopped' : 'absent';
  }

  #opened(): void {
    this.#steps.end();
    this.#opening = undefined;
  }
}

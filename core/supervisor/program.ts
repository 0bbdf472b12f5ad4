import { existsSync } from 'node:fs';
import type { FastifyBaseLogger } from 'fastify';
import type { ExitMeaning, ProcessSpec, Provider, Toolchain } from '../contracts.ts';
import { GatewayError } from '../errors.ts';
import { describeExit, meaningOf } from './exit.ts';
import type { Exit } from './exit.ts';
import { furnish } from './furnish.ts';
import type { Later } from './liveness.ts';
import { Output } from './output.ts';
import { prepare } from './prepare.ts';
import { reap } from './record.ts';
import { Run, choosePlace, isPrivate } from './run.ts';
import type { Place } from './run.ts';
import { History } from './state.ts';
import type { Change, State } from './state.ts';
import { nothing } from './waiting.ts';

/** How often (ms) the log tells how far an installation is. */
const TOLD_EVERY = 1_000;

export interface Parts {
  readonly provider: Provider;
  readonly spec: ProcessSpec;
  /** where its program is installed; a toolchain makes it whole or not at all */
  readonly folder: string;
  /** what a toolchain made of its code, and what the program writes */
  readonly prepared: string;
  readonly data: string;
  readonly toolchain: Toolchain | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: FastifyBaseLogger;
  readonly now: () => number;
  readonly changed: (change: Change) => void;
  readonly later: Later;
  /** It ended by itself after it had been ready for so long, ms. */
  readonly crashed: (crash: GatewayError, healthyFor: number) => void;
}

/** It started and ended by itself. */
export class Crash extends GatewayError {}

/** A program and its process. It does what it is told and says what happened; what to make of it is the supervisor's business. */
export class Program {
  readonly history: History;
  readonly output: Output;
  /** how far an opening is, for people, and when that began, ms since 1970 */
  progress: { readonly line: string; readonly since: number } | undefined;
  pid: number | undefined;
  port: number | undefined;
  lastExit: (Exit & { readonly at: number }) | undefined;

  readonly #parts: Parts;
  readonly #name: string;
  /** what the toolchain names, once it has prepared */
  #values: Record<string, string> | undefined;
  #interrupt = new AbortController();
  #opening: Promise<void> | undefined;
  /** undefined from the moment that its end was asked for or seen */
  #run: Run | undefined;
  #readySince: number | undefined;
  /** how many lines had been written before it ran */
  #linesBefore = 0;
  /** settles when what ran before has left nothing behind */
  #gone: Promise<void>;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#name = parts.provider.name;
    this.output = new Output((line) => parts.log.debug({ provider: this.#name }, line));
    this.history = new History(this.#rest, 'not started yet', parts.now, parts.changed);
    this.#gone = this.#reap().catch((error) => this.#broken(error));
  }

  get state(): State {
    return this.history.last.state;
  }

  get isUp(): boolean {
    return this.#run !== undefined && (this.state === 'healthy' || this.state === 'unhealthy');
  }

  /**
   * Installs what is missing and runs it. Settles when it is ready.
   * @throws GatewayError saying what went wrong and the remedy; a Crash when it ended by itself
   */
  open(reason: string): Promise<void> {
    this.#interrupt = new AbortController();
    this.#opening = this.#open(reason, this.#interrupt.signal).finally(() => {
      this.#opening = this.progress = undefined;
    });
    return this.#opening;
  }

  /** Ends it, or its opening. Settles when nothing of it is left. */
  async end(reason: string): Promise<void> {
    this.#interrupt.abort();
    const run = this.#run;
    this.#run = undefined;
    if (run || this.#opening) this.history.set('stopping', reason);
    await run?.end();
    await this.#opening?.catch(nothing);
    await this.#gone;
    if (this.state !== this.#rest) this.history.set(this.#rest, reason);
  }

  async #open(reason: string, signal: AbortSignal): Promise<void> {
    const since = this.#parts.now();
    try {
      await this.#gone;
      signal.throwIfAborted();
      // Code is there to be changed, so it is looked at each time.
      if (!this.#values || this.#parts.spec.source?.code)
        this.#values = await this.#prepare(reason, since, signal);
      signal.throwIfAborted();
      this.progress = { line: 'starting', since };
      this.history.set('starting', reason);
      const place = await choosePlace(this.#parts.spec);
      signal.throwIfAborted();
      await this.#start(place, since, signal);
    } catch (error) {
      if (signal.aborted) throw this.#error('was stopped before it was ready');
      if (error instanceof GatewayError) throw error;
      throw this.#failed(this.#error(`cannot start: ${(error as Error).message}`, error));
    }
  }

  async #prepare(reason: string, since: number, signal: AbortSignal): Promise<Record<string, string>> {
    const { spec, log, now } = this.#parts;
    let over = false;
    let told = now();
    const progress = (line: string) => {
      if (over) return;
      if (this.state !== 'installing') log.info({ provider: this.#name, ...spec.notes }, 'installing');
      if (now() - told >= TOLD_EVERY) {
        told = now();
        log.info({ provider: this.#name }, line);
      }
      this.progress = { line, since };
      this.history.set('installing', reason);
    };
    const remark = (line: string) => log.warn({ provider: this.#name }, line);
    try {
      return await prepare({ ...this.#parts, provider: this.#name, signal, progress, remark });
    } catch (error) {
      throw signal.aborted ? error : this.#failed(error as GatewayError);
    } finally {
      over = true;
    }
  }

  async #start(place: Place, since: number, signal: AbortSignal): Promise<void> {
    const { provider, now, later, spec, folder, data } = this.#parts;
    this.#linesBefore = this.output.count;
    const own = { folder, data, key: place.key, host: spec.host, port: String(place.port) };
    const values = { ...this.#values, ...own };
    if (isPrivate(spec)) await furnish(spec, data, values);
    signal.throwIfAborted();
    const run = new Run(place, { ...this.#parts, values, output: this.output });
    this.#run = run;
    this.#readySince = undefined;
    this.pid = run.pid;
    this.port = place.port;
    if (provider.address) Object.assign(provider.address, { origin: place.origin, key: place.key });
    this.#gone = run.exited.then((exit) => this.#exited(run, exit)).catch((error) => this.#broken(error));

    const complaint = await run.ready(signal).catch(() => this.#gone);
    signal.throwIfAborted();
    if (this.#run !== run) throw this.#neverBegan();
    if (complaint !== undefined) throw await this.#neverReady(run, complaint);
    this.#readySince = now();
    const took = `ready after ${this.#readySince - since} ms`;
    this.#parts.log.info({ provider: this.#name }, took);
    this.history.set('healthy', took);
    run.watch(later, {
      sick: (what) => this.history.set('unhealthy', what),
      well: () => this.history.set('healthy', 'it answers again'),
    });
  }

  async #exited(run: Run, exit: Exit): Promise<void> {
    this.pid = undefined;
    this.lastExit = { ...exit, at: this.#parts.now() };
    if (this.#run !== run) return;
    this.#run = undefined;
    // Its children may live on, and hold the port.
    await run.end({ signal: 'SIGKILL', grace: 0 });
    if (this.#readySince !== undefined)
      this.#parts.crashed(this.#ended(), this.lastExit.at - this.#readySince);
  }

  #ended(): GatewayError {
    const how = describeExit(this.lastExit!, this.output.since(this.#linesBefore));
    const meaning = this.#meaning();
    const why = meaning ? `${meaning.reason}; ${meaning.remedy} (it ${how})` : how;
    return new Crash('process_failed', `${this.#name}${meaning ? ':' : ''} ${why}`);
  }

  /** It ended before it was ready: what is known not to heal is not tried again and again. */
  #neverBegan(): GatewayError {
    const ended = this.#ended();
    const meaning = this.#meaning();
    const stays = this.lastExit!.error !== undefined || (meaning && !meaning.passing);
    return stays ? this.#failed(new GatewayError('process_failed', ended.message)) : ended;
  }

  #meaning(): ExitMeaning | undefined {
    return meaningOf(this.lastExit!, this.output.since(this.#linesBefore), this.#parts.spec.exits);
  }

  async #neverReady(run: Run, complaint: string): Promise<GatewayError> {
    const reason = `not ready within ${this.#parts.spec.probe.within} ms: ${complaint}`;
    this.#run = undefined;
    this.history.set('stopping', reason);
    await run.end();
    this.history.set('stopped', reason);
    return this.#error(`was ${reason}`);
  }

  async #reap(): Promise<void> {
    const { folder, spec, log } = this.#parts;
    const pids = await reap(folder, spec.stop.signal, spec.stop.grace);
    if (pids.length > 0)
      log.warn({ provider: this.#name, pids }, 'ended what a killed gateway had left running');
  }

  /** Nobody waits for what happens after an end, yet it must not go unheard. */
  #broken(error: unknown): void {
    this.#parts.log.error({ provider: this.#name, err: error }, 'clearing away a process went wrong');
  }

  get #rest(): State {
    const { spec, folder, prepared } = this.#parts;
    if (spec.unavailable !== undefined) return 'absent';
    const there = existsSync(spec.source?.code ? prepared : folder);
    return !spec.source || this.#values || there ? 'stopped' : 'absent';
  }

  #failed(error: GatewayError): GatewayError {
    this.history.set('failed', error.message);
    return error;
  }

  #error(what: string, cause?: unknown): GatewayError {
    return new GatewayError('process_failed', `${this.#name} ${what}`, { cause });
  }
}

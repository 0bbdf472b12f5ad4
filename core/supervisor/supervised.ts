import { GatewayError } from '../errors.ts';
import { Failures } from './failures.ts';
import { whenIdle } from './idle.ts';
import type { Use } from './idle.ts';
import { later } from './liveness.ts';
import type { Later } from './liveness.ts';
import { Crash, Program } from './program.ts';
import type { Parts } from './program.ts';
import type { Change, State } from './state.ts';
import { describe } from './status.ts';
import { abortable, nothing } from './waiting.ts';

export type { Change, State };

type Given = Omit<Parts, 'crashed' | 'later'> & {
  readonly random: () => number;
  /** how much it is used; undefined: not known, and it is never stopped for idling */
  readonly use?: () => Use;
  /** lent by tests */
  readonly later?: Later;
};

/** One local process of one provider: who wants it, and when it is started again. */
export class Supervised {
  /** starts after a crash */
  restarts = 0;
  readonly #given: Given;
  readonly #name: string;
  readonly #program: Program;
  readonly #failures: Failures;
  readonly #later: Later;
  #wanted = false;
  #closed = false;
  #starting: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;
  /** settles with the start that a back-off leads to */
  #next: PromiseWithResolvers<void> | undefined;
  #cancelRestart = nothing;
  #cancelIdling = nothing;

  constructor(given: Given) {
    this.#given = given;
    this.#name = given.provider.name;
    this.#later = given.later ?? later;
    this.#failures = new Failures(given.now, given.random);
    const crashed = (crash: GatewayError, healthyFor: number) => this.#crashed(crash, healthyFor);
    this.#program = new Program({ ...given, later: this.#later, crashed });
  }

  get state(): State {
    return this.#program.state;
  }

  get history(): readonly Change[] {
    return this.#program.history.changes;
  }

  get pid(): number | undefined {
    return this.#program.pid;
  }

  get port(): number | undefined {
    return this.#program.port;
  }

  /** How far a start is, for people, and when that start began; undefined: it is not starting. */
  get progress(): Program['progress'] {
    return this.#program.progress;
  }

  /** Until when requests are told the last failure at once, ms since 1970; undefined: it has not failed. */
  get retryAt(): number | undefined {
    return this.#failures.until;
  }

  /** A request for it starts it. */
  get wakes(): boolean {
    return this.#given.spec.start !== 'manual' || this.#wanted;
  }

  /** The last lines it wrote. */
  get output(): readonly string[] {
    return this.#program.output.lines;
  }

  /** What people are shown. */
  describe(): ReturnType<typeof describe> {
    return describe(this.#program, this.#given.spec, this.restarts);
  }

  /**
   * Starts it because somebody asked, whatever happened before. One start serves all who ask.
   * @throws GatewayError toolchain_missing, install_failed or process_failed, with the remedy
   */
  start(reason: string): Promise<void> {
    this.#failures.forgive();
    return this.#want(reason);
  }

  /** Stops it, or its start or installation. Settles when all of its group is gone. */
  stop(reason: string): Promise<void> {
    this.#wanted = false;
    this.#stopping ??= this.#halt(reason).finally(() => (this.#stopping = undefined));
    return this.#stopping;
  }

  /**
   * For a request that waits for it. It does not feed a failure: requests try again only when the back-off is over.
   * @param signal ends the wait, not the start
   */
  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#program.isUp) await abortable(this.#awaited(), signal);
  }

  /** Stops it for good. */
  close(): Promise<void> {
    this.#closed = true;
    return this.stop('the gateway stops');
  }

  async #awaited(): Promise<void> {
    if (this.#next) return this.#next.promise;
    if (this.#given.spec.start === 'manual' && !this.#wanted) {
      throw new GatewayError(
        'provider_unavailable',
        `${this.#name} is ${this.state}, and it is started by hand only`,
      );
    }
    if (!this.#starting) this.#failures.check();
    return this.#want('a request waits for it');
  }

  #want(reason: string): Promise<void> {
    if (this.#closed) return Promise.reject(new GatewayError('shutting_down', 'the gateway stops'));
    this.#wanted = true;
    if (this.#stopping) return this.#stopping.then(() => this.#wantStill(reason));
    if (this.#program.isUp) return Promise.resolve();
    this.#starting ??= this.#begin(reason).finally(() => (this.#starting = undefined));
    this.#starting.catch(nothing);
    this.#next?.resolve(this.#starting);
    this.#next = undefined;
    return this.#starting;
  }

  /** A stop that came after the wish goes before it. */
  #wantStill(reason: string): Promise<void> {
    return this.#wanted ? this.#want(reason) : Promise.reject(this.#stopped());
  }

  async #begin(reason: string): Promise<void> {
    this.#cancelRestart();
    try {
      await this.#program.open(reason);
      this.#idle();
    } catch (error) {
      if (error instanceof Crash) this.#crashed(error, 0);
      else if (this.#wanted) this.#failures.fail(error as GatewayError);
      throw error;
    }
  }

  #idle(): void {
    const { use, spec } = this.#given;
    if (!use || spec.idleStop === undefined) return;
    const idle = () => void this.stop(`nobody has used it for ${spec.idleStop! / 1000} s`);
    this.#cancelIdling();
    this.#cancelIdling = whenIdle({ use, after: spec.idleStop, later: this.#later, idle });
  }

  #crashed(crash: GatewayError, healthyFor: number): void {
    this.#cancelIdling();
    if (!this.#wanted) return;
    const { loops, delay } = this.#failures.crash(crash, healthyFor);
    if (loops) return this.#program.history.set('failed', `crashed again and again: ${crash.message}`);
    this.#program.history.set('backoff', `${crash.message}; next try in ${(delay / 1000).toFixed(1)} s`);
    this.#next = Promise.withResolvers();
    this.#next.promise.catch(nothing);
    this.#cancelRestart = this.#later(() => this.#restart(), delay);
  }

  #restart(): void {
    this.restarts++;
    void this.#want('starts again after a crash').catch(nothing);
  }

  async #halt(reason: string): Promise<void> {
    this.#cancelRestart();
    this.#cancelIdling();
    this.#next?.reject(this.#stopped());
    this.#next = undefined;
    await this.#program.end(reason);
  }

  #stopped(): GatewayError {
    return new GatewayError('process_failed', `${this.#name} was stopped before it was ready`);
  }
}

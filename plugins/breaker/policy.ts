import type { Circuit, CircuitPolicy, Target } from '../../core/contracts/index.ts';
import type { BreakerOptions } from './options.ts';

interface Injected {
  readonly now: () => number;
  readonly random: () => number;
}

/** After this many requests elsewhere, one may try a target before its pause is over. */
const PASSERS = 150;
/** A failure takes as long for the next request: that many times of it pass before one tries. */
const PATIENCE = 4;
/** After its trial it must be well for that many times its last pause: until then one failure opens it again. */
const PROBATION = 4;
/** ms. A target that fails faster is given twice that time to do so again before the next request on probation. */
const MOMENT = 20;
/** Opened again, its pause is longer for having been open before, but for no more times than these. */
const REMEMBERED = 2;
/** A share of failures that keeps no strategy away. */
const FORGIVEN = 0.05;

/** When the circuit of a target opens and closes: remembers its failures, from the first until it has been well for a while. */
export class BreakerPolicy implements CircuitPolicy {
  readonly reason = 'breaker';
  readonly target: Target;
  readonly #circuit: Circuit;
  readonly #options: BreakerOptions;
  readonly #injected: Injected;
  /** how often it opened */
  #trips = 0;
  /** when it opened last, on the clock of `performance.now()` */
  openedMs = 0;
  #message = '';
  /** open, with no trial under way; how many requests have passed it by since, and when one of them may try it */
  #rests = false;
  #passers = 0;
  #earliestMs = 0;
  /** until when it is on probation; undefined: it never opened, or its trial is still to come */
  #probationUntilMs: number | undefined;
  #pauseMs = 0;
  /** ms between two requests on probation */
  #paceMs = 0;
  /** It has asked for a pause, and has given no answer since. */
  #paused = false;
  /** It gets requests although strategies avoid it, to show whether it is well. */
  #isDoubted = false;
  /** failures in a row, and when the last of these attempts began, on the clock of `performance.now()` */
  #row = 0;
  #failingSinceMs = 0;
  /** the window's attempts, and those of them that failed */
  #attempts = 0;
  #failed = 0;
  #windowEndsMs: number;

  constructor(target: Target, options: BreakerOptions, injected: Injected) {
    this.target = target;
    this.#circuit = target.stats.circuit;
    this.#options = options;
    this.#injected = injected;
    this.#windowEndsMs = injected.now() + options.window;
  }

  /** Requests go elsewhere, or the one that is its trial is still to come; and its failures are still remembered. */
  get isOpen(): boolean {
    return this.#circuit.untilMs !== undefined && this.#circuit.policy === this;
  }

  /**
   * The first attempt after its pause is the trial: until its end is known the others see the circuit as open. If one more
   * failure opens it, others go elsewhere until this attempt has content; on probation for as long as it needs to fail.
   */
  began(): void {
    this.#passers = 0;
    const { longest } = this.#options;
    const now = this.#injected.now();
    const alone = this.#isOnBrink ? longest : this.#probationUntilMs === undefined ? 0 : this.#paceMs;
    if (alone > 0) this.#circuit.probe(now + alone);
    if (!this.#awaitsTrial && !this.#paused) return;
    this.#rests = false;
    this.#circuit.trial(now + longest, `${this.#message}; being tried again`);
  }

  /** A target that asked for a pause is well: one request is to show whether the pause was long enough. */
  asksForPause(message: string): void {
    this.#message = message;
    this.#paused = true;
    this.openedMs = performance.now();
    // Running attempts show nothing any more, and would be the only ones that may be sent there.
    this.#circuit.halfOpen();
  }

  /** A used up quota is refused before any content, and so are most failures. */
  spoke(beganMs: number): void {
    if (beganMs >= Math.max(this.openedMs, this.#failingSinceMs)) this.#tried();
  }

  /**
   * @param beganMs when the attempt did, on the clock of `performance.now()`
   * @param tookMs ms
   * @param isEnough no further failure is needed
   */
  failed(message: string, isUnreachable: boolean, beganMs: number, tookMs: number, isEnough = false): void {
    const { failures, first, longest } = this.#options;
    const now = this.#injected.now();
    this.#tried();
    this.#count(now);
    this.#failed++;
    this.#row++;
    this.#failingSinceMs = beganMs;
    this.#paceMs = tookMs > MOMENT ? 0 : 2 * tookMs;
    this.#isDoubted = false;
    this.#earliestMs = now + Math.max(first, PATIENCE * tookMs);
    if (!isEnough && !isUnreachable && this.#trips === 0 && this.#row < failures && !this.#tooMany()) return;
    this.#message = message;
    this.#pauseMs = Math.min(longest, first * 2 ** this.#trips) * (0.9 + 0.2 * this.#injected.random());
    this.#trips++;
    this.#probationUntilMs = undefined;
    [this.#rests, this.#passers] = [true, 0];
    this.openedMs = performance.now();
    const what = `tried again in ${(this.#pauseMs / 1000).toFixed(1)} s`;
    this.#circuit.open(now + this.#pauseMs, `${message}; ${what}`, isUnreachable);
  }

  /** Another gateway has found that it fails. */
  openedElsewhere(message: string, ms: number, isUnreachable: boolean): void {
    const untilMs = this.#injected.now() + ms;
    this.#message = message;
    this.#pauseMs = ms;
    this.#trips ||= 1;
    this.#probationUntilMs = undefined;
    [this.#rests, this.#passers] = [true, 0];
    this.#earliestMs = untilMs;
    this.openedMs = performance.now();
    this.#circuit.open(untilMs, message, isUnreachable);
  }

  /**
   * A request of its route went elsewhere. After many of them the end of a long pause is not waited for: that would save few
   * of them a failure. A half-open target gets a request even if strategies avoid it.
   */
  passedBy(): void {
    const state = this.#circuit.state(this.#injected.now());
    if (this.#rests && state === 'half-open') return this.target.stats.doubt();
    if (this.#circuit.isUnreachable || ++this.#passers < PASSERS || this.#injected.now() < this.#earliestMs)
      return;
    this.#passers = 0;
    if (this.#rests) this.#circuit.halfOpen();
    else if (this.#row > 0 && !this.#awaitsTrial) {
      this.#isDoubted = true;
      this.target.stats.doubt();
    }
  }

  /**
   * @param beganMs when the attempt did, on the clock of `performance.now()`
   * @returns whether it is well again, and there is nothing left to remember
   */
  answered(beganMs: number): boolean {
    const now = this.#injected.now();
    this.#count(now);
    // An attempt that began before its last failure, and ends right after that, shows nothing about later ones.
    if (beganMs < this.#failingSinceMs && now < this.#earliestMs) return false;
    this.#tried();
    this.#row = 0;
    if (this.#awaitsTrial) {
      this.#circuit.close();
      this.#rests = false;
      this.#trips = Math.min(this.#trips, REMEMBERED);
      this.#probationUntilMs = now + Math.min(this.#options.window, PROBATION * this.#pauseMs);
      // Statistics from its failure say nothing about it now.
      this.target.stats.forget();
      return false;
    }
    // One good answer of a flaky target shows little: it gets the next request at once, one at a time, while the answers are
    // good.
    this.#isDoubted &&= this.target.stats.errorRate > FORGIVEN;
    if (this.#isDoubted) this.target.stats.doubt();
    if (this.#probationUntilMs !== undefined) return now >= this.#probationUntilMs;
    return this.#attempts === 1 && !this.#isDoubted;
  }

  /** The trial ended without a result: the next request is the trial. */
  undecided(): void {
    if (this.#awaitsTrial || this.#paused) this.#circuit.halfOpen();
    else this.#circuit.probe(0);
  }

  /** A check found that it does not answer: no request need find that out. */
  stillGone(ms: number): void {
    const untilMs = this.#injected.now() + ms;
    if ((this.#circuit.untilMs ?? 0) < untilMs) this.#reopen(untilMs, 'checked, and not reachable');
  }

  /** The gateway itself asks it at that time: no request goes there before `ms` after it. */
  askedAt(atMs: number, ms: number): void {
    this.#earliestMs = atMs + ms;
    this.#reopen(atMs + ms, 'asked for one token before any request is sent there');
  }

  /** A check found that it answers: the next request is its trial. */
  thereAgain(): void {
    this.#circuit.halfOpen(true);
  }

  /** The probe has shown enough: other requests may be sent again. */
  #tried(): void {
    this.#circuit.probe(0);
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#awaitsTrial) this.#circuit.close();
  }

  get #awaitsTrial(): boolean {
    return this.#trips > 0 && this.#probationUntilMs === undefined;
  }

  /** One more failure opens it, for the first time. */
  get #isOnBrink(): boolean {
    return this.#trips === 0 && this.#row > 0 && this.#row === this.#options.failures - 1;
  }

  #reopen(untilMs: number, what: string): void {
    this.#circuit.open(untilMs, `${this.#message}; ${what}`);
  }

  #count(now: number): void {
    if (now >= this.#windowEndsMs) {
      this.#attempts = this.#failed = 0;
      this.#windowEndsMs = now + this.#options.window;
    }
    this.#attempts++;
  }

  #tooMany(): boolean {
    const { minimum, rate } = this.#options;
    return this.#attempts >= minimum && this.#failed / this.#attempts >= rate;
  }
}

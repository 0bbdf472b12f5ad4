import type { Target, Circuit } from '../../core/contracts/index.ts';
import type { BreakerOptions } from './options.ts';

interface Injected {
  readonly now: () => number;
  readonly random: () => number;
}

/** Of so many requests that pass it by, one may try it before its pause is over. */
const PASSERS = 150;
/** A failure takes as long from whoever tries: so many times of it pass before the next one does. */
const PATIENCE = 4;
/** After its trial it must be well for so many times its last pause: until then one failure puts it out again. */
const PROBATION = 4;
/** ms. Who fails faster is given twice that time to do it again before the next request on probation goes there. */
const MOMENT = 20;
/** Put out again, its pause is longer for having been out before, but for no more times than these. */
const REMEMBERED = 2;
/** A share of failures that keeps no strategy away. */
const FORGIVEN = 0.05;

/** What is remembered of a target that has failed, from its first failure until it has been well for a while. */
export class TargetCircuit implements Circuit {
  readonly target: Target;
  readonly #options: BreakerOptions;
  readonly #injected: Injected;
  /** how often it was out */
  #trips = 0;
  /** when it was put out last, on the clock of `performance.now()` */
  since = 0;
  /** It could not even be reached: a look at it without a request tells when it is back. */
  unreachable = false;
  #message = '';
  /** out, and nobody is trying it; what has passed it by since, and when the next one may try it for that */
  #rests = false;
  #passed = 0;
  #earliest = 0;
  /** until when it is on probation; undefined: it never was out, or its trial is still to come */
  #probation: number | undefined;
  #pause = 0;
  /** ms between two requests on probation */
  #pace = 0;
  /** It has asked for a pause, and nobody has had an answer of it since. */
  #paused = false;
  /** whether it is being asked to show that what strategies hold against it is over */
  #isDoubted = false;
  /** failures in a row, and when the last of these attempts began, on the clock of `performance.now()` */
  #row = 0;
  #failing = 0;
  /** the window's attempts, and those of them that failed */
  #attempts = 0;
  #failed = 0;
  #windowEnds: number;

  constructor(target: Target, options: BreakerOptions, injected: Injected) {
    this.target = target;
    this.#options = options;
    this.#injected = injected;
    this.#windowEnds = injected.now() + options.window;
  }

  get out(): boolean {
    return this.target.stats.blocks.has('breaker');
  }

  /**
   * The first attempt after its pause is the trial: until its end is known the others see it as out. On the brink
   * others go elsewhere until it has content; on probation for as long as it needs to fail again.
   */
  began(): void {
    this.#passed = 0;
    const alone = this.#isOnBrink ? this.#options.longest : this.#probation === undefined ? 0 : this.#pace;
    if (alone > 0) this.target.stats.probingUntil = this.#injected.now() + alone;
    if (!this.#awaitsTrial && !this.#paused) return;
    this.#rests = false;
    this.#block(this.#options.longest, 'being tried again');
  }

  /** Who asked for a pause is well: only whether that was long enough is still to be shown, by one request. */
  asksForPause(message: string): void {
    this.#message = message;
    this.#paused = true;
    this.since = performance.now();
    // What is under way says nothing any more, and would leave it to itself.
    this.target.stats.probingUntil = 0;
    this.target.unblock('breaker');
  }

  /** Whose quota is used up says so before any content, and most of those that fail do. */
  spoke(began: number): void {
    if (began >= Math.max(this.since, this.#failing)) this.#tried();
  }

  /**
   * @param began when the attempt did, on the clock of `performance.now()`
   * @param took ms
   * @param isEnough no further failure is needed
   */
  failed(message: string, unreachable: boolean, began: number, took: number, isEnough = false): void {
    const { failures, first, longest } = this.#options;
    this.#tried();
    this.#count();
    this.#failed++;
    this.#row++;
    this.#failing = began;
    this.#pace = took > MOMENT ? 0 : 2 * took;
    this.#isDoubted = false;
    this.#earliest = this.#injected.now() + Math.max(first, PATIENCE * took);
    if (!isEnough && !unreachable && this.#trips === 0 && this.#row < failures && !this.#tooMany()) return;
    this.unreachable = unreachable;
    this.#message = message;
    this.#pause = Math.min(longest, first * 2 ** this.#trips) * (0.9 + 0.2 * this.#injected.random());
    this.#trips++;
    this.#probation = undefined;
    [this.#rests, this.#passed] = [true, 0];
    this.since = performance.now();
    this.#block(this.#pause, `tried again in ${(this.#pause / 1000).toFixed(1)} s`);
  }

  /**
   * A request of its route went elsewhere. Where many do, waiting for the end of a long pause would save few a try; and
   * one that may be asked is to be asked, whatever strategies hold against it.
   */
  passedBy(): void {
    if (this.#rests && !this.out) return this.target.stats.doubt();
    if (this.unreachable || ++this.#passed < PASSERS || this.#injected.now() < this.#earliest) return;
    this.#passed = 0;
    if (this.#rests) this.target.unblock('breaker');
    else if (this.#row > 0 && !this.#awaitsTrial) {
      this.#isDoubted = true;
      this.target.stats.doubt();
    }
  }

  /**
   * @param began when the attempt did, on the clock of `performance.now()`
   * @returns whether it is well again, and there is nothing left to remember
   */
  answered(began: number): boolean {
    this.#count();
    // The end of what began before its last failure, and comes right after that, says nothing of what is to come.
    if (began < this.#failing && this.#injected.now() < this.#earliest) return false;
    this.#tried();
    this.#row = 0;
    if (this.#awaitsTrial) {
      this.target.unblock('breaker');
      this.#rests = false;
      this.#trips = Math.min(this.#trips, REMEMBERED);
      this.#probation = this.#injected.now() + Math.min(this.#options.window, PROBATION * this.#pause);
      // What was learned of it in its trouble says nothing of it now.
      this.target.stats.forget();
      return false;
    }
    // One good answer of somebody flaky says little: the next one at once, one at a time, as long as they are good.
    this.#isDoubted &&= this.target.stats.errorRate > FORGIVEN;
    if (this.#isDoubted) this.target.stats.doubt();
    if (this.#probation !== undefined) return this.#injected.now() >= this.#probation;
    return this.#attempts === 1 && !this.#isDoubted;
  }

  /** Nobody knows what would have come of its trial: the next one tries. */
  undecided(): void {
    this.target.stats.probingUntil = 0;
    if (this.#awaitsTrial || this.#paused) this.target.unblock('breaker');
  }

  /** It was looked at, and does not answer: nobody's request need find that out. */
  stillGone(ms: number): void {
    const left = (this.target.stats.blocks.get('breaker')?.until ?? 0) - this.#injected.now();
    if (left < ms) this.#block(ms, 'checked, and not reachable');
  }

  /** Somebody of the gateway asks it at that time: nobody's request does before `ms` after it. */
  askedAt(time: number, ms: number): void {
    this.#earliest = time + ms;
    this.#block(time + ms - this.#injected.now(), 'asked for one token before any request is sent there');
  }

  /** It was looked at, and answers: the next request is its trial. */
  thereAgain(): void {
    this.unreachable = false;
    this.target.unblock('breaker');
  }

  /** What was asked of it alone has found out enough: the others may ask it again. */
  #tried(): void {
    this.target.stats.probingUntil = 0;
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#awaitsTrial) this.target.unblock('breaker');
  }

  get #awaitsTrial(): boolean {
    return this.#trips > 0 && this.#probation === undefined;
  }

  /** One more failure puts it out, for the first time. */
  get #isOnBrink(): boolean {
    return this.#trips === 0 && this.#row > 0 && this.#row === this.#options.failures - 1;
  }

  #block(ms: number, what: string): void {
    this.target.block('breaker', this.#injected.now() + ms, `${this.#message}; ${what}`, true);
  }

  #count(): void {
    const now = this.#injected.now();
    if (now >= this.#windowEnds) {
      this.#attempts = this.#failed = 0;
      this.#windowEnds = now + this.#options.window;
    }
    this.#attempts++;
  }

  #tooMany(): boolean {
    const { minimum, rate } = this.#options;
    return this.#attempts >= minimum && this.#failed / this.#attempts >= rate;
  }
}

import type { Deadline, DeadlineTimer, Timeouts } from '../contracts/index.ts';
import type { ErrorCode } from '../errors.ts';

/** An answer that is whole may leave its connection open this long (ms) before it is cut. */
const LINGER = 2_000;

export type Phase = 'connect' | 'firstByte' | 'firstContent' | 'idle' | 'winding' | 'paused' | 'over';

/** The phases of one attempt, and by when each must be over. */
export class AttemptPhases implements Deadline {
  dueMs = 0;
  next: Deadline | undefined;
  previous: Deadline | undefined;
  readonly expire: () => void;
  readonly #clock: DeadlineTimer;
  readonly #timeouts: Timeouts;
  readonly #totalDueMs: number;
  #contentDueMs = Infinity;
  /** when something came last */
  #heardMs = Infinity;
  #heardBeforeMs = Infinity;
  #isWinding = false;
  /** the longest silence inside the answer, ms */
  gapMs = 0;
  phase: Phase = 'connect';

  /** @param startedMs when the request came, on the clock of `performance.now()` */
  constructor(clock: DeadlineTimer, timeouts: Timeouts, startedMs: number, expire: () => void) {
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#totalDueMs = startedMs + timeouts.total;
    this.expire = expire;
  }

  start(): void {
    this.#clock.watch(this);
    this.connect();
  }

  connect(): void {
    this.#enter('connect', this.#timeouts.connect);
  }

  /** The request is on its way. A stream's content is waited for from here on, whatever heads and pings come before it. */
  connected(stream: boolean): void {
    if (stream) this.#contentDueMs = this.#clock.coarseMs + this.#timeouts.firstContent;
    this.#enter('firstByte', this.#timeouts.firstByte);
  }

  head(): void {
    if (this.#contentDueMs === Infinity) this.#enter('idle', this.#timeouts.idle);
    else this.#enter('firstContent', this.#timeouts.firstContent);
  }

  content(): void {
    this.#contentDueMs = Infinity;
    this.#heardMs = this.#clock.coarseMs;
    this.#enter('idle', this.#timeouts.idle);
  }

  /** Something came: the silence begins again. */
  byte(): void {
    if (this.phase !== 'idle') return;
    const now = this.#clock.coarseMs;
    this.dueMs = Math.min(this.#totalDueMs, now + this.#timeouts.idle);
    if (now - this.#heardMs > this.gapMs) this.gapMs = now - this.#heardMs;
    this.#heardBeforeMs = this.#heardMs;
    this.#heardMs = now;
  }

  /** What came last was only a comment: the silence goes on. */
  unheard(): void {
    if (this.phase !== 'idle' || this.#heardBeforeMs === Infinity) return;
    this.#heardMs = this.#heardBeforeMs;
    this.dueMs = Math.min(this.#totalDueMs, this.#heardMs + this.#timeouts.idle);
  }

  /** The answer is whole but for the end of its body, which has a moment left; or it goes on. */
  winding(isWinding: boolean): void {
    this.#isWinding = isWinding;
    if (this.phase === 'paused' || this.phase === 'over') return;
    if (!isWinding) return this.#enter('idle', this.#timeouts.idle);
    this.phase = 'winding';
    this.dueMs = Math.min(this.dueMs, this.#clock.coarseMs + LINGER);
  }

  /** The client reads slower than the upstream sends, whose silence is not its own fault then. */
  pause(): void {
    this.phase = 'paused';
    this.dueMs = this.#totalDueMs;
  }

  resume(): void {
    if (this.phase !== 'paused') return;
    this.#enter('idle', this.#timeouts.idle);
    this.#heardMs = this.#clock.coarseMs;
    if (this.#isWinding) this.winding(true);
  }

  /** The client's side is settled: the upstream's may end by itself, soon after a whole answer, else in its time. */
  trail(whole: boolean): void {
    this.phase = 'idle';
    this.dueMs = whole ? this.#clock.coarseMs + LINGER : this.#totalDueMs;
  }

  over(): void {
    this.phase = 'over';
    this.#clock.forget(this);
  }

  /** Which timeout has passed, in words that follow the provider's name. */
  get late(): { readonly code: ErrorCode; readonly what: string } {
    const { connect, firstByte, firstContent, idle, total } = this.#timeouts;
    const now = this.#clock.coarseMs;
    if (now >= this.#totalDueMs)
      return { code: 'total_timeout', what: `was not done within ${total} ms (timeouts.total)` };
    if (this.phase === 'connect')
      return {
        code: 'connect_timeout',
        what: `could not be connected to within ${connect} ms (timeouts.connect)`,
      };
    if (now >= this.#contentDueMs)
      return {
        code: 'first_content_timeout',
        what: `sent no content within ${firstContent} ms (timeouts.firstContent)`,
      };
    if (this.phase === 'firstByte')
      return { code: 'first_byte_timeout', what: `sent nothing within ${firstByte} ms (timeouts.firstByte)` };
    return {
      code: 'stream_stalled',
      what: `fell silent for ${idle} ms in the middle of its answer (timeouts.idle)`,
    };
  }

  #enter(phase: Phase, limit: number): void {
    if (this.phase === 'over') return;
    this.phase = phase;
    const limitMs = phase === 'firstContent' ? Infinity : this.#clock.coarseMs + limit;
    this.dueMs = Math.min(this.#totalDueMs, this.#contentDueMs, limitMs);
  }
}

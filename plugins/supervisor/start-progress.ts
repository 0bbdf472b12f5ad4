import type { SupervisorDeps } from './dependencies.ts';

/** The progress of a start or an installation, for people, and when it began, ms since 1970. */
export interface Progress {
  readonly line: string;
  readonly sinceEpochMs: number;
  /** the same on the clock that only goes forward */
  readonly beganMs: number;
}

/** ms in which a program may not answer yet before that is shown */
const QUIET = 1_000;

/** The steps of a program's start or installation, each reported as it comes. */
export class StartProgress {
  /** undefined: it is neither being started nor installed */
  progress: Progress | undefined;
  readonly #parts: Pick<SupervisorDeps, 'now' | 'date' | 'progressed'>;
  #sinceEpochMs = 0;
  #openedMs = 0;
  /** when its newest step was begun, ms */
  #beganMs = 0;

  constructor(parts: Pick<SupervisorDeps, 'now' | 'date' | 'progressed'>) {
    this.#parts = parts;
  }

  /** @returns when it began, on the clock that only goes forward */
  begin(): number {
    this.#sinceEpochMs = this.#parts.date();
    this.#openedMs = this.#parts.now();
    return this.#openedMs;
  }

  step(line: string): void {
    this.#beganMs = performance.now();
    this.#tell(line);
  }

  /** It runs and is not ready: the reason is shown as progress, unless it has just begun. */
  notReady(complaint: string): void {
    const line = `starting: ${complaint}`;
    const isLong = performance.now() - this.#beganMs > QUIET;
    if (isLong && this.progress?.line !== line) this.#tell(line);
  }

  end(): void {
    if (this.progress) this.#parts.progressed?.({ line: null, sinceEpochMs: this.#sinceEpochMs });
    this.progress = undefined;
  }

  #tell(line: string): void {
    this.progress = { line, sinceEpochMs: this.#sinceEpochMs, beganMs: this.#openedMs };
    this.#parts.progressed?.(this.progress);
  }
}

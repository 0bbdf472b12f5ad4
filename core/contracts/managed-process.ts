/** A local program that a supervisor runs, as the rest of the gateway sees it. */
import type { ProcessSpec } from './process.ts';

export type ProcessState =
  | 'absent'
  | 'installing'
  | 'stopped'
  | 'starting'
  | 'healthy'
  | 'unhealthy'
  | 'stopping'
  | 'backoff'
  | 'failed';

export interface ProcessStep {
  /** for people; null: it is over */
  readonly line: string | null;
  /** when it began, ms since 1970 */
  readonly sinceEpochMs: number;
}

export interface ProcessChange {
  /** ms since 1970 */
  readonly atEpochMs: number;
  readonly state: ProcessState;
  readonly reason: string;
}

export interface ManagedProcess {
  readonly state: ProcessState;
  /** oldest first, bounded */
  readonly history: readonly ProcessChange[];
  readonly pid: number | undefined;
  readonly port: number | undefined;
  /** starts after a crash */
  readonly restarts: number;
  /** how far a start is, for people; undefined: it is not being started */
  readonly progress: Readonly<{ line: string; sinceEpochMs: number; beganMs: number }> | undefined;
  /** until when requests get the last failure at once, on the gateway's clock; undefined: it has not failed */
  readonly retryAtMs: number | undefined;
  /** when it is started again by itself after a crash, on the gateway's clock; undefined: that is not planned */
  readonly restartsAtMs: number | undefined;
  /** A request for it starts it. */
  readonly startsOnDemand: boolean;
  /** Why a request that would wait for it is refused at once; undefined: it waits. */
  readonly refusal: Error | undefined;
  /** It is being stopped, and not to be started again. */
  readonly isStopping: boolean;
  /** the last lines it wrote */
  readonly output: readonly string[];
  readonly log: ProcessLog;
  /** what all its processes use; undefined: it does not run, or that was not measured yet */
  readonly usage: ProcessUsage | undefined;
  /** the last probe */
  readonly lastProbe: { readonly atEpochMs: number; readonly tookMs: number } | undefined;
  /** what the operator must give before it can be started, with the remedy */
  readonly lacks: readonly string[];
  /** what it is started with, for people */
  readonly launch: { readonly command: readonly string[]; readonly cwd: string | null } | undefined;
  /** what people are shown */
  describe(): ProcessDescription;
  /**
   * Starts it because the operator asked, whatever happened before. One start serves all that ask.
   * @throws GatewayError toolchain_missing, install_failed or process_failed, with the remedy
   */
  start(reason: string): Promise<void>;
  /**
   * Fetches and installs what is missing, without starting it.
   * @throws GatewayError toolchain_missing, install_failed or provider_unavailable, with the remedy
   */
  install(reason: string): Promise<void>;
  /** Stops it, or its start or installation. Settles when all of its group is gone. */
  stop(reason: string): Promise<void>;
  /** @throws GatewayError as `start` does */
  restart(reason: string): Promise<void>;
  /** For a request that waits for it. @param signal ends the wait, not the start */
  ready(signal: AbortSignal): Promise<void>;
  /** Takes the outcome of an attempt, a passive health signal. */
  observe(outcome: AttemptOutcome): void;
  /** Stops it for good. @param reason with one, running answers have their time first */
  close(reason?: string): Promise<void>;
}

/** How an attempt at a process ended. Times on the clock of `performance.now()`. */
export interface AttemptOutcome {
  /** 'failed': no connection, or one that broke, which may have many reasons */
  readonly kind: 'answered' | 'stalled' | 'failed';
  readonly what: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** of its answer that came */
  readonly bytes: number;
}

export interface ProcessUsage {
  /** resident bytes; what several share counts for each */
  readonly memory: number;
  /** processor cores, on average since the last measurement */
  readonly cpu: number;
  readonly processes: number;
}

/** A line of a program's log. */
export interface LogLine {
  /** counts from 1 */
  readonly n: number;
  /** ms since 1970 */
  readonly atEpochMs: number;
  readonly line: string;
}

export interface ProcessLog {
  readonly output: {
    /** the last lines, in memory */
    readonly lines: readonly string[];
    /** takes out of a line what must not be seen */
    readonly hide: (line: string) => string;
    /** how many lines there were in all */
    readonly count: number;
    /** of what is in memory, the lines after that one */
    after(count: number): readonly LogLine[];
  };
  /** The last lines, oldest first. @param text only lines that contain it */
  last(count: number, text?: string): Promise<LogLine[]>;
  /** What is kept of the lines after one, oldest first. */
  after(n: number): AsyncGenerator<LogLine>;
  /** Calls back when there are new lines. @returns ends it */
  follow(follower: () => void): () => void;
  /** Writes what is still in memory to disk. */
  close(): Promise<void>;
}

export type SecretChanges = Readonly<Record<string, string | undefined>>;

/** The secrets of one provider. */
export interface ProviderSecrets {
  readonly get: (name: string) => string | undefined;
  readonly set: (changes: SecretChanges) => Promise<void>;
}

/** What people are shown of a local program. */
export interface ProcessDescription {
  readonly state: ProcessState;
  readonly reason: string;
  /** ms since 1970 */
  readonly since: number;
  readonly start: ProcessSpec['start'];
  readonly pid: number | null;
  readonly port: number | null;
  readonly restarts: number;
  readonly lastExit: {
    readonly at: number;
    readonly code: number | null;
    readonly signal: string | null;
  } | null;
  readonly progress: { readonly line: string; readonly since: number } | null;
  /** the last lines it wrote */
  readonly output: readonly string[];
  readonly source: string | null;
  readonly toolchain: string | null;
  /** what the operator gives it, and whether that was given */
  readonly secrets: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly description: string;
    readonly given: boolean;
  }[];
  readonly notes: ProcessSpec['notes'];
  readonly usage: ProcessUsage | null;
  readonly limits: { readonly memory: number | null; readonly cpu: number | null };
}

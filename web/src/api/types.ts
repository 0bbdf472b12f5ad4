/** What the management API answers, as docs/api.md says it. Durations in ms, times as ISO 8601 texts unless said. */

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

/** A process's state, or for a provider without one what its answers say; `unknown` until it has given one. */
export type State = ProcessState | 'available' | 'blocked' | 'unknown';

/** Why a target is out: until when, null where that is not known. */
export interface Block {
  readonly until: string | null;
  readonly detail: string;
}

/** A key that is passed over, by its place in the config: for one model, or for all. */
export interface KeyOut {
  readonly key: number;
  readonly model?: string;
  readonly until: string;
  readonly detail: string;
}

export interface TargetStanding {
  readonly target: string;
  readonly inflight: number;
  readonly latency: number;
  readonly ttft: number;
  /** 0 to 1 */
  readonly errorRate: number;
  readonly blocks: Readonly<Record<string, Block>>;
  /** of one that takes any name: the names that are blocked for reasons of their own */
  readonly names?: readonly TargetStanding[];
}

export interface Secret {
  readonly name: string;
  readonly required: boolean;
  readonly description: string;
  readonly given: boolean;
}

export interface Usage {
  /** bytes, of the whole process tree */
  readonly memory: number;
  /** of one core */
  readonly cpu: number;
  readonly processes: number;
}

export interface Program {
  readonly state: ProcessState;
  readonly reason: string;
  /** ms since 1970 */
  readonly since: number;
  readonly start: string;
  readonly pid: number | null;
  readonly port: number | null;
  readonly restarts: number;
  readonly lastExit: unknown;
  readonly progress: string | { readonly line: string; readonly since?: number } | null;
  readonly output: readonly string[];
  readonly source?: string | null;
  readonly toolchain?: string | null;
  readonly secrets?: readonly Secret[];
  readonly notes?: {
    readonly licence?: string;
    readonly writes?: readonly string[];
    readonly risks?: readonly string[];
  };
  readonly usage?: Usage | null;
  readonly limits?: { readonly memory: number | null; readonly cpu: number | null };
}

export interface Provider {
  readonly name: string;
  readonly status: 'starting' | 'healthy' | 'unhealthy' | 'stopped' | 'error' | 'unknown';
  readonly state: State;
  /** why it is out as a whole */
  readonly out: readonly string[];
  /** sleeps until somebody names it */
  readonly dormant: boolean;
  /** it is meant to answer */
  readonly inService: boolean;
  readonly kind: string;
  readonly port: number | null;
  readonly models: readonly string[];
  readonly modelMap: Readonly<Record<string, string>> | null;
  readonly anyModel: boolean;
  readonly surfaces: readonly string[];
  readonly missingSurfaces: readonly { readonly surface: string; readonly because: string }[];
  readonly concurrency: number | null;
  readonly keys?: { readonly size: number; readonly out: readonly KeyOut[] } | null;
  /** what must be given to it before it can run */
  readonly lacks: readonly string[];
  readonly aliases: readonly string[];
  readonly lastResort: boolean;
  readonly targets: readonly TargetStanding[];
  readonly process?: Program;
}

export interface Providers {
  readonly providers: readonly Provider[];
}

export interface StateChange {
  readonly at: string | number;
  readonly state: State;
  readonly reason: string;
}

export interface LogLine {
  readonly n: number;
  readonly at: string | number;
  readonly line: string;
}

export interface Tokens {
  readonly prompt: number;
  readonly completion: number;
  readonly total: number;
  /** the provider did not count them */
  readonly estimated?: boolean;
}

export type Ending = 'complete' | 'error' | 'cut' | 'stalled' | 'refused' | 'left';

export interface RequestSummary {
  readonly id: string;
  readonly time: string;
  readonly surface: string;
  readonly model: string;
  readonly stream: boolean;
  readonly key: string | null;
  readonly provider: string | null;
  readonly target: string | null;
  readonly status: number | null;
  /** null while it runs */
  readonly ending: Ending | null;
  readonly error: string | null;
  readonly attempts: number;
  /** null while it runs */
  readonly ms: number | null;
  readonly ttft: number | null;
  readonly waited: number;
  readonly overhead: number | null;
  readonly bytes: number;
  readonly usage: Tokens | null;
}

export interface RequestPage {
  readonly data: readonly RequestSummary[];
  readonly next: string | null;
}

export interface LoadBalancing {
  readonly strategy: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly available: readonly string[];
  readonly models: Readonly<Record<string, unknown>>;
  readonly overrides: unknown;
}

export interface ModelList {
  readonly data: readonly { readonly id: string; readonly owned_by?: string }[];
}

export interface Percentiles {
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

export interface Statistics {
  readonly range: string;
  readonly from: string;
  readonly until: string;
  readonly step: number;
  readonly totals: Percentiles & {
    readonly requests: number;
    readonly errors: number;
    readonly left: number;
    readonly retried: number;
    readonly prompt: number;
    readonly completion: number;
    /** of these tokens, those that are estimated */
    readonly estimated: number;
    readonly ttft: Percentiles;
  };
  readonly series: readonly StatisticsStep[];
  readonly providers: readonly (Percentiles & {
    readonly provider: string;
    readonly requests: number;
    readonly errors: number;
    readonly share: number;
    /** 0 to 1; null where nothing is known */
    readonly uptime: number | null;
    readonly prompt: number;
    readonly completion: number;
    readonly estimated: number;
  })[];
  readonly models: readonly {
    readonly model: string;
    readonly requests: number;
    readonly errors: number;
    readonly share: number;
  }[];
  readonly errors: readonly { readonly kind: string; readonly count: number }[];
  /** whether it is kept on disk, and why not */
  readonly history?: { readonly ok: boolean; readonly reason?: string | null };
}

export interface StatisticsStep extends Percentiles {
  readonly at: string;
  readonly requests: number;
  readonly errors: number;
  readonly prompt: number;
  readonly completion: number;
  readonly estimated: number;
  readonly ttft: Percentiles;
}

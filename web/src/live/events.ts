import type { RequestSummary, State } from '../api/types.ts';

/** What a provider did in the second of a tick. */
export interface ProviderTick {
  readonly state: State;
  readonly out: readonly string[];
  readonly inflight: number;
  readonly requests: number;
  readonly errors: number;
  readonly ttft: number | null;
  readonly memory: number | null;
  readonly cpu: number | null;
}

export interface Tick {
  readonly at: string;
  readonly requests: number;
  readonly errors: number;
  readonly prompt: number;
  readonly completion: number;
  /** of these tokens, those that are estimated */
  readonly estimated: number;
  readonly inflight: number;
  readonly waiting: number;
  readonly providers: Readonly<Record<string, ProviderTick>>;
  /** requests begun at each target in that second */
  readonly shares: Readonly<Record<string, number>>;
}

/** The events of `GET /events`, by name. */
export interface LiveEvents {
  readonly hello: {
    readonly boot: string;
    readonly version: string;
    readonly resumed: boolean;
    readonly at: string;
  };
  readonly provider: {
    readonly name: string;
    readonly state: State;
    readonly reason: string;
    readonly at: string;
  };
  readonly progress: { readonly name: string; readonly line: string | null; readonly since: string | number };
  readonly requests: { readonly data: readonly RequestSummary[]; readonly skipped: number };
  /** targets whose reasons to be left alone have changed */
  readonly targets: {
    readonly data: readonly { readonly target: string; readonly out: readonly string[] }[];
  };
  readonly config: { readonly changes: number };
  readonly tick: Tick;
  readonly closing: unknown;
}

export type LiveEvent = {
  [Name in keyof LiveEvents]: { readonly name: Name; readonly data: LiveEvents[Name] };
}[keyof LiveEvents];

/** Events of the gateway for plugins. A listener that throws, or whose promise rejects, is logged and disturbs nothing else. */
import type { ProcessChange } from './managed-process.ts';
import type { Context, Sink } from './request.ts';
import type { Attempt } from './trace.ts';

/** Each subscription ends by itself when the plugin that made it is closed. */
export interface GatewayEvents {
  /** A request begins; its answer goes to that sink. */
  onRequest(listener: (context: Context, sink: Sink) => void): void;
  /** An attempt at a target has ended. */
  onAttempt(listener: (attempt: Attempt, context: Context) => void): void;
  /** A request has ended, its trace complete. */
  onEnd(listener: (context: Context) => void): void;
  /** A local process has changed its state. */
  onProviderState(listener: (provider: string, change: ProcessChange) => void): void;
  /** A start or an installation has come a step further, or is over. */
  onProviderProgress(listener: (provider: string, step: ProcessStep) => void): void;
  /** The config, or what overrides it, has changed. @param changes how much it is overridden now */
  onConfig(listener: (changes: number) => void): void;
}

export interface ProcessStep {
  /** for people; null: it is over */
  readonly line: string | null;
  /** when it began, ms since 1970 */
  readonly sinceEpochMs: number;
}

/** What the management API answers: the types of the gateway's own schemas of it. Durations in ms, times as ISO 8601 texts unless said. */
import type { InForce } from '../../../plugins/surfaces/admin/answers/balancing.ts';

export type { RequestSummary, State } from '../../../kits/feature-kit/answers.ts';
export type { Ending } from '../../../core/contracts/index.ts';
export type { SessionAnswer } from '../../../plugins/auth/answers.ts';
export type { LiveEvents, Tick } from '../../../plugins/events/answers.ts';
export type {
  StateChange,
  StateChanges,
  Statistics,
  StatisticsStep,
} from '../../../plugins/history/answers.ts';
export type {
  ConfigDiff,
  ConfigSaved,
  DryRun,
  LoadBalancing,
  OverridesUndone,
  Route,
  RouteTarget,
  Routes,
  Strategies,
} from '../../../plugins/surfaces/admin/answers/balancing.ts';
export type {
  Action,
  StoredSecrets,
  PausedKey,
  LogLine,
  Program,
  Provider,
  Providers,
  Secret,
  TargetStanding,
} from '../../../plugins/surfaces/admin/answers/provider.ts';
export type {
  Key as CallerKey,
  Keys,
  Limits,
  MadeKey,
  RevokedKey,
  Standing as LimitStanding,
  Usage,
  UsageLine,
} from '../../../plugins/auth/answers.ts';
export type { Node, NodesAnswer, RestartStep } from '../../../plugins/peers/answers.ts';
export type { Health } from '../../../plugins/surfaces/admin/answers/health.ts';
export type { OwnAccess } from '../../../plugins/auth/own-access-answer.ts';
export type {
  ModelEntry,
  ProviderEntry,
  ProviderKind,
  Trial,
} from '../../../plugins/surfaces/admin/answers/entries.ts';
export type { Check, TestStart, TestRun } from '../../../plugins/surfaces/admin/answers/test-run.ts';
export type { AttemptTrace, RequestPage, RequestTrace } from '../../../plugins/traces/answers.ts';

export type Options = InForce['options'];

/** What `GET /v1/models` lists, as OpenAI's API has it. */
export interface ModelList {
  readonly data: readonly { readonly id: string; readonly owned_by?: string }[];
}

/** What the management API answers, as its own schemas have it. */
export type {
  Key,
  Keys,
  Limit,
  Limits,
  MadeKey,
  RevokedKey,
  Usage,
  UsageLine,
} from '../../plugins/auth/answers.ts';
export type { NodesAnswer, RestartStep } from '../../plugins/peers/answers.ts';
export type {
  ConfigDiff,
  ConfigSaved,
  DryRun,
  LoadBalancing,
  OverridesUndone,
} from '../../plugins/surfaces/admin/answers/balancing.ts';
export type { Health } from '../../plugins/surfaces/admin/answers/health.ts';
export type { ProviderEntry, Trial } from '../../plugins/surfaces/admin/answers/entries.ts';
export type {
  Action,
  LogLine,
  Program,
  Provider,
  Providers,
  StoredSecrets,
} from '../../plugins/surfaces/admin/answers/provider.ts';
export type { Restarted } from '../../plugins/surfaces/admin/answers/restart.ts';
export type { SecretList, SecretStored } from '../../plugins/surfaces/admin/answers/secrets.ts';
export type { Check, TestRun, TestStart } from '../../plugins/surfaces/admin/answers/test-run.ts';
export type { RequestPage, RequestTrace } from '../../plugins/traces/answers.ts';

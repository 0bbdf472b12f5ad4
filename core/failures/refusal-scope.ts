import type { Key, Provider, Scope, ScopeRule, UpstreamRequest } from '../contracts/index.ts';
import type { Refusal } from './refusal.ts';
import { saysFunds, beginningOf } from '../../wire/refusal-words.ts';
import { meaningOfStatus } from './status-meaning.ts';

/** What a refusal applies to, and for how long where it names no time. */
export interface RefusalScope {
  readonly scope: Scope;
  readonly key?: Key | undefined;
  /** The key is left out for this model alone. */
  readonly isOfModel?: boolean;
  /** the API that it lacks */
  readonly surface?: string | undefined;
  readonly models?: RegExp | undefined;
  /** ms */
  readonly pauseMs?: number | undefined;
}

/** What a refusal applies to: as its provider declares it, else as its status means. */
export function scopeOf(
  { status, body }: Refusal,
  { key, callersKey }: Pick<UpstreamRequest, 'key' | 'callersKey'>,
  { scopes, keys }: Pick<Provider, 'scopes' | 'keys'>,
): RefusalScope | undefined {
  const { scope, says, pauseMs, callers } = meaningOfStatus(status);
  if (callersKey) return callers ? { scope: 'caller' } : undefined;
  const rule = scopes?.find((one) => fits(one, status, body));
  if (rule) return { scope: rule.scope, key, models: rule.models, pauseMs: rule.pauseMs };
  if (scope === 'limit') {
    if (!key || !keys || keys.size === 1) return { scope: 'model' };
    return { scope: 'key', key, isOfModel: !saysFunds(body) };
  }
  if (scope === undefined || !key || says?.(body) === false) return undefined;
  return { scope, key, pauseMs: pauseMs === 'grows' ? undefined : pauseMs };
}

function fits({ status, says }: ScopeRule, said: number, body: Buffer): boolean {
  if (typeof status === 'number' ? status !== said : !status.includes(said)) return false;
  return says === undefined || says.test(beginningOf(body));
}

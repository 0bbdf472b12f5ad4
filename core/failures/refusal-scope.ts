import type { Attempt, Key, Provider, Scope, ScopeRule, UpstreamRequest } from '../contracts/index.ts';
import type { Refusal } from '../relay/receiver.ts';

/** What a refusal concerns, and how long it holds where the refusal does not say. */
export interface RefusalScope {
  readonly scope: Scope;
  readonly key?: Key | undefined;
  /** of that key, what concerns this model alone */
  readonly isOfModel?: boolean;
  /** the API that it lacks */
  readonly surface?: string | undefined;
  readonly models?: RegExp | undefined;
  /** ms */
  readonly pause?: number | undefined;
}

/** A key that is refused is tried again after this many ms: its owner may have mended it. */
const REFUSED_KEY = 60_000;
/** Some say 403 to a request that they do not like; these words are about a key. */
const ABOUT_KEY = /api.?key|credential|token|account|billing|suspend|deactivat|permission/i;
/** Some say 400 of a key: "Incorrect API key provided" (xAI), "API key not valid" (Google). */
const REFUSES_KEY =
  /\b(?:invalid|incorrect|expired) api[ -]key\b|\bapi[ -]key (?:is )?(?:not valid|invalid|incorrect|expired|not found)\b|\bAPI_KEY_INVALID\b/i;
/** A 429 is mostly about the rate of one model's requests; with these words no model is left to the key. */
const ABOUT_FUNDS = /insufficient.?(?:quota|balance|credit|fund)/i;
/** bytes of a body that are looked into */
const LOOKED = 4096;

/**
 * What a refusal concerns: as its provider declares it, else by the gateway's rule. The caller's own key is the caller's
 * business; 401 and 402 are a key's, 403 and 400 where it says so; a 429 is of this model, and of the key where there are several.
 */
export function scopeOf(
  { status, body }: Refusal,
  { key, callersKey }: Pick<UpstreamRequest, 'key' | 'callersKey'>,
  { scopes, keys }: Pick<Provider, 'scopes' | 'keys'>,
): RefusalScope | undefined {
  if (callersKey) return ABOUT_CALLERS.has(status) ? { scope: 'caller' } : undefined;
  const rule = scopes?.find((one) => fits(one, status, body));
  if (rule) return { scope: rule.scope, key, models: rule.models, pause: rule.pause };
  if (status === 429) {
    if (!key || !keys || keys.size === 1) return { scope: 'model' };
    return { scope: 'key', key, isOfModel: !ABOUT_FUNDS.test(textOf(body)) };
  }
  if (!key) return undefined;
  if (
    status === 401 ||
    status === 402 ||
    (status === 403 && ABOUT_KEY.test(textOf(body))) ||
    (status === 400 && REFUSES_KEY.test(textOf(body)))
  )
    return { scope: 'key', key, pause: REFUSED_KEY };
  return undefined;
}

const ABOUT_CALLERS: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/** Leaves just what is concerned alone, for just the time that was said; what is used up and says none, for one that grows. */
export function coolDown(attempt: Attempt, concern: RefusalScope | undefined, now: number): void {
  const { target, message = 'it refused', retryAfter, status } = attempt;
  const { scope = 'model', key, isOfModel, models, pause } = concern ?? {};
  if (scope === 'caller' || scope === 'request' || scope === 'surface') return;
  const keys = scope === 'key' ? target.provider.keys : undefined;
  const ofModel = isOfModel ? target.name : undefined;
  const growing = (): number => (keys && key ? keys.pauseOf(key, ofModel) : target.stats.pauseOf(now));
  const ms = retryAfter ?? pause ?? (status === 429 ? growing() : undefined);
  if (!ms) return;
  const until = now + ms;
  const seconds = Math.ceil(ms / 1000);
  const isGuess = retryAfter === undefined && pause === undefined;
  const detail =
    retryAfter === undefined
      ? `${message}; asked again in ${seconds} s`
      : `${message} and asked for ${seconds} s`;
  if (scope === 'model') return target.block('quota', until, detail, isGuess);
  if (scope === 'pool')
    return target.blockPool({ models, until, detail: `a quota it shares: ${detail}`, guess: isGuess }, now);
  if (!key || !keys) return target.blockProvider('quota', until, detail, isGuess);
  keys.block(key, { until, detail, isGuess: retryAfter === undefined }, ofModel);
  const all = keys.size === 1 ? `its key: ${detail}` : `all its keys: ${detail}`;
  // What is only refused may have been mended, and its own word is the better answer when there is nobody else.
  const back = keys.back();
  if (back) return target.blockProvider('key', back.until, all, back.isGuess);
  const backForModel = keys.back(target.name);
  if (backForModel) target.block('quota', backForModel.until, all, backForModel.isGuess);
}

function fits({ status, says }: ScopeRule, said: number, body: Buffer): boolean {
  if (typeof status === 'number' ? status !== said : !status.includes(said)) return false;
  return says === undefined || says.test(textOf(body));
}

const textOf = (body: Buffer): string => body.toString('utf8', 0, LOOKED);

import type { Attempt, Key, Provider, Scope, ScopeRule, UpstreamRequest } from './contracts.ts';
import type { Refusal } from './relay/delivery.ts';

/** What a refusal concerns, and how long it holds where the refusal does not say. */
export interface Concern {
  readonly scope: Scope;
  readonly key?: Key | undefined;
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
/** bytes of a body that are looked into */
const LOOKED = 4096;

/**
 * What a refusal concerns: as its provider declares it, else by the house's rule. The caller's own key is the caller's
 * business; 401 and 402 are a key's, 403 and 400 where it says so; a 429 is the key's where there are several, else the model's.
 */
export function concernOf(
  { status, body }: Refusal,
  { key, callersKey }: Pick<UpstreamRequest, 'key' | 'callersKey'>,
  { scopes, keys }: Pick<Provider, 'scopes' | 'keys'>,
): Concern | undefined {
  if (callersKey) return ABOUT_CALLERS.has(status) ? { scope: 'caller' } : undefined;
  const rule = scopes?.find((one) => fits(one, status, body));
  if (rule) return { scope: rule.scope, key, models: rule.models, pause: rule.pause };
  if (!key) return undefined;
  if (
    status === 401 ||
    status === 402 ||
    (status === 403 && ABOUT_KEY.test(textOf(body))) ||
    (status === 400 && REFUSES_KEY.test(textOf(body)))
  )
    return { scope: 'key', key, pause: REFUSED_KEY };
  return status === 429 && keys !== undefined && keys.size > 1 ? { scope: 'key', key } : undefined;
}

const ABOUT_CALLERS: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/** Leaves just what is concerned alone, for just the time that was said. */
export function leaveAlone(attempt: Attempt, concern: Concern | undefined, now: number): void {
  const { target, message = 'it refused', retryAfter } = attempt;
  const { scope = 'model', key, models, pause } = concern ?? {};
  const { keys } = target.provider;
  const isUsedUp = scope === 'key' && attempt.status === 429;
  const ms = retryAfter ?? pause ?? (isUsedUp && key ? keys?.pauseOf(key) : undefined);
  if (!ms || scope === 'caller' || scope === 'request' || scope === 'surface') return;
  const until = now + ms;
  const asked = `${message} and asked for ${Math.ceil(ms / 1000)} s`;
  const detail = retryAfter === undefined ? `${message}; asked again in ${Math.ceil(ms / 1000)} s` : asked;
  if (scope === 'model') return target.block('quota', until, detail);
  if (scope === 'provider') return target.blockProvider('quota', until, detail);
  if (scope === 'pool')
    return target.blockPool({ models, until, detail: `a quota it shares: ${detail}` }, now);
  if (!key || !keys) return target.blockProvider('quota', until, detail);
  const back = keys.block(key, until, detail, retryAfter === undefined);
  // With no time said, nothing says that the limit is that of other models, too.
  if (back && isUsedUp && retryAfter === undefined)
    return target.block('quota', back.until, `all its keys: ${detail}`, back.isGuess);
  // What is only refused may have been mended, and its own word is the better answer when there is nobody else.
  if (back)
    target.blockProvider(
      'key',
      back.until,
      keys.size === 1 ? `its key: ${detail}` : `all its keys: ${detail}`,
      back.isGuess,
    );
}

function fits({ status, says }: ScopeRule, said: number, body: Buffer): boolean {
  if (typeof status === 'number' ? status !== said : !status.includes(said)) return false;
  return says === undefined || says.test(textOf(body));
}

const textOf = (body: Buffer): string => body.toString('utf8', 0, LOOKED);

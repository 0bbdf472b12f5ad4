import type { Attempt } from '../contracts/index.ts';
import type { RefusalScope } from './refusal-scope.ts';
import { meaningOfStatus } from './status-meaning.ts';

/** Leaves out what a refusal applies to, for the time it named, else for its rule's, else for one that grows. */
export function coolDown(attempt: Attempt, applies: RefusalScope | undefined, now: number): void {
  const { target, message = 'it refused', retryAfterMs: namedMs, status = 0 } = attempt;
  const { scope = 'model', key, isOfModel, models, pauseMs } = applies ?? {};
  if (scope === 'caller' || scope === 'request' || scope === 'surface') return;
  const keys = scope === 'key' ? target.provider.keys : undefined;
  // A key that asks for no pause has one all the same: others may answer.
  const retryAfterMs = keys && namedMs === 0 ? undefined : namedMs;
  const ofModel = isOfModel ? target.name : undefined;
  const growing = (): number => (keys && key ? keys.pauseMs(key, ofModel) : target.stats.pauseMs(now));
  const holdsMs =
    retryAfterMs ?? pauseMs ?? (meaningOfStatus(status).pauseMs === 'grows' ? growing() : undefined);
  if (!holdsMs) return;
  const untilMs = now + holdsMs;
  const isGuess = retryAfterMs === undefined && pauseMs === undefined;
  const until = retryAfterMs === undefined ? '; asked again in' : ' and asked for';
  const detail = `${message}${until} ${Math.ceil(holdsMs / 1000)} s`;
  if (scope === 'model') return target.block('quota', untilMs, detail, isGuess);
  if (scope === 'pool')
    return target.blockPool({ models, untilMs, detail: `a quota it shares: ${detail}`, guess: isGuess }, now);
  if (!key || !keys) return target.blockProvider('quota', untilMs, detail, isGuess);
  keys.block(key, { untilMs, detail, isGuess: retryAfterMs === undefined }, ofModel);
  const all = keys.size === 1 ? `its key: ${detail}` : `all its keys: ${detail}`;
  // A key that was only refused may have been mended, and its own answer is better than none.
  const back = keys.back();
  if (back) return target.blockProvider('key', back.untilMs, all, back.isGuess);
  const backForModel = keys.back(target.name);
  if (backForModel) target.block('quota', backForModel.untilMs, all, backForModel.isGuess);
}

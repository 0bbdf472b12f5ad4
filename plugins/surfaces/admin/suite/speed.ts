import type { StreamSeen } from './stream-seen.ts';
import type { Subject } from './subject.ts';
import { faulty, fine, notMade, type Verdict } from './verdict.ts';

/** Characters of one token, roughly: usual for English. */
const CHARACTERS = 4;

/** How fast did its stream come? */
export function speed({ stream, options }: Subject): Verdict {
  if (!stream) return notMade('there is no stream that could be measured');
  const ttft = Math.round(stream.firstMs);
  const estimated = stream.tokens === undefined;
  const tokens = stream.tokens ?? Math.ceil(stream.characters / CHARACTERS);
  const tokensPerSecond = rate(tokens, stream);
  const more = { ttft, tokensPerSecond, ...(estimated && { estimated }) };
  const detail = `first token after ${ttft} ms, ${estimated ? 'about ' : ''}${tokensPerSecond} tokens a second`;
  if (ttft > options.maxTtft) return faulty(`${detail}: slower than ${options.maxTtft} ms`, more);
  if (tokensPerSecond < options.minTokensPerSecond)
    return faulty(`${detail}: fewer than ${options.minTokensPerSecond}`, more);
  return fine(detail, more);
}

/** Measured after the first token, whose time is reported separately; where everything came at once, over the whole. */
function rate(tokens: number, { firstMs, lastMs }: StreamSeen): number {
  const spread = lastMs - firstMs >= 1 && tokens > 1;
  const perSecond = ((spread ? tokens - 1 : tokens) * 1000) / Math.max(1, spread ? lastMs - firstMs : lastMs);
  return Math.round(perSecond * 10) / 10;
}

/** `GET /cache`, as a JSON Schema. */
import { flag, number, object, oneOf, orNull, text, type AnswerOf } from '../../kits/feature-kit/answers.ts';

const cacheStanding = object({
  enabled: flag,
  store: oneOf('memory', 'disk', 'redis'),
  scope: oneOf('key', 'shared'),
  entries: number,
  bytes: number,
  /** why answers are not kept, or not found; null: they are */
  problem: orNull(text),
  /** since the gateway started */
  hits: number,
  misses: number,
  stored: number,
  saved: object({ prompt: number, completion: number, cost: number }),
});

export type CacheStanding = AnswerOf<typeof cacheStanding>;

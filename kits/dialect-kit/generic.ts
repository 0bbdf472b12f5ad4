import type { Dialect, Verdict } from '../../core/contracts/index.ts';
import { foreignRefusal } from './foreign-refusal.ts';
import { errorIn } from './error-text.ts';
import { failure } from './failure.ts';
import { genericReader } from './generic-reader.ts';
import { isObject } from './json.ts';
import { CONTENT, EMPTY, error } from './verdicts.ts';

/** APIs that answer in JSON or in events with a known end; others also answer in audio, subtitles or files */
const STRICT = new Set(['images', 'moderations']);
/** members that an answer has and an error has not */
const SIGNS = ['id', 'object', 'data', 'results', 'text', 'created'];

/** Images, audio, moderations and any other API: passed on unless plainly an error. */
export const generic = (surface: string): Dialect => ({
  surface,
  strict: STRICT.has(surface),
  reader: genericReader,
  judge: judgeAnything,
  failure,
  tokenLimits: [],
  foldWith: {},
  foreignRefusal,
});

/** An `error` member is an error unless the answer has members of a valid one. */
function judgeAnything(answer: unknown): Verdict {
  if (answer === undefined || answer === null || answer === '') return EMPTY;
  if (!isObject(answer)) return CONTENT;
  const isAnswer = SIGNS.some((name) => name in answer) && answer.object !== 'error';
  const message = isAnswer ? undefined : errorIn(answer);
  return message === undefined ? CONTENT : error(message);
}

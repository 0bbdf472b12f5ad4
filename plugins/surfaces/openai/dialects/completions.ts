import type { Dialect } from '../../../../core/contracts/index.ts';
import { foreignRefusal } from '../../../../kits/dialect-kit/foreign-refusal.ts';
import { judgeChoices } from './choices-judge.ts';
import { choicesReader } from './choices-reader.ts';
import { choicesTexts } from './choices-texts.ts';
import { failure } from '../../../../kits/dialect-kit/failure.ts';
import { foldCompletions } from './fold-completions.ts';
import { hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { unfoldCompletions } from './unfold-completions.ts';

/** `/completions`, the legacy API that takes a prompt */
export const completions: Dialect = {
  surface: 'completions',
  strict: true,
  reader: choicesReader,
  judge: judgeChoices,
  texts: choicesTexts,
  stopsEarly: hasStop,
  closing: { event: '', data: '[DONE]' },
  failure,
  fold: foldCompletions,
  unfold: unfoldCompletions,
  tokenLimits: ['max_tokens'],
  countsStreams: true,
  foldWith: { stream_options: { include_usage: true } },
  foreignRefusal,
};

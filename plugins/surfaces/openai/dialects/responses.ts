import type { Dialect } from '../../../../core/contracts/index.ts';
import { promptAsMember } from '../../../../kits/dialect-kit/prompt-before.ts';
import { foreignRefusal } from '../../../../kits/dialect-kit/foreign-refusal.ts';
import { responsesFailure } from './responses-failure.ts';
import { foldResponses } from './fold-responses.ts';
import { judgeResponse } from './responses-judge.ts';
import { responsesReader } from './responses-reader.ts';
import { responsesTexts } from './responses-texts.ts';
import { hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { unfoldResponses } from './unfold-responses.ts';

/** `/responses` */
export const responses: Dialect = {
  surface: 'responses',
  promptBefore: promptAsMember('instructions'),
  strict: true,
  reader: responsesReader,
  judge: judgeResponse,
  texts: responsesTexts,
  stopsEarly: hasStop,
  // The closing event holds the whole answer: only the upstream can write it.
  failure: responsesFailure,
  fold: foldResponses,
  unfold: unfoldResponses,
  tokenLimits: ['max_output_tokens'],
  foldWith: {},
  foreignRefusal,
};

import type { Dialect } from '../../../../core/contracts/index.ts';
import { promptAsMessage } from '../../../../kits/dialect-kit/prompt-before.ts';
import { flatContent } from '../normalise/flat-content.ts';
import { foreignRefusal } from '../../../../kits/dialect-kit/foreign-refusal.ts';
import { chatNormaliser } from '../normalise/normaliser.ts';
import { judgeChoices } from './choices-judge.ts';
import { choicesReader } from './choices-reader.ts';
import { choicesTexts } from './choices-texts.ts';
import { failure } from '../../../../kits/dialect-kit/failure.ts';
import { foldChat } from './fold-chat.ts';
import { isPlainText } from './plain-text.ts';
import { hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { unfoldChat } from './unfold-chat.ts';

/** `/chat/completions` */
export const chat: Dialect = {
  surface: 'chat',
  promptBefore: promptAsMessage,
  strict: true,
  reader: choicesReader,
  plain: isPlainText,
  judge: judgeChoices,
  texts: choicesTexts,
  stopsEarly: hasStop,
  closing: { event: '', data: '[DONE]' },
  failure,
  fold: foldChat,
  unfold: unfoldChat,
  tokenLimits: ['max_tokens', 'max_completion_tokens'],
  countsStreams: true,
  foldWith: { stream_options: { include_usage: true } },
  normaliser: chatNormaliser,
  flatContent,
  foreignRefusal,
};

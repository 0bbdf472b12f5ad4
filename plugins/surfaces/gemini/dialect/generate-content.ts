import type { Dialect } from '../../../../core/contracts/index.ts';
import { BARE_SSE } from '../../../../wire/sse/framing.ts';
import { foreignRefusal, geminiError, geminiFailure } from './errors.ts';
import { judgeAnswer } from './judge.ts';
import { promptBefore } from './prompt-before.ts';
import { geminiReader } from './reader.ts';
import { hasStop } from './stops.ts';
import { geminiTexts } from './texts.ts';

/** `:generateContent` and `:streamGenerateContent`: Google's API, of Gemini and of Vertex AI */
export const gemini: Dialect = {
  surface: 'gemini',
  framing: BARE_SSE,
  promptBefore,
  mustBeDeclared: true,
  signature: 'thought_signature',
  strict: true,
  reader: geminiReader,
  judge: judgeAnswer,
  texts: geminiTexts,
  stopsEarly: hasStop,
  // Its last piece has the finish reason, and no closing event follows.
  end: { event: '', data: '[DONE]' },
  failure: geminiFailure,
  errorBody: geminiError,
  // A whole answer is a stream of one piece.
  unfold: (answer) => [answer].flat().map((piece) => ({ event: '', data: JSON.stringify(piece) })),
  counts: 'TokenCount"',
  tokenLimits: [],
  foldWith: {},
  foreignRefusal,
};

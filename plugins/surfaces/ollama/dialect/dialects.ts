import type { Dialect, SseEvent } from '../../../../core/contracts/index.ts';
import { NDJSON } from '../../../../wire/framing/ndjson.ts';
import { generic } from '../../../../kits/dialect-kit/generic.ts';
import { promptAsMember, promptAsMessage } from '../../../../kits/dialect-kit/prompt-before.ts';
import { hasStop } from '../../../../kits/dialect-kit/silence.ts';
import { foreignRefusal, ollamaError, ollamaFailure } from './errors.ts';
import { foldLines } from './fold.ts';
import { judgeEmbeddings, judgeLine } from './judge.ts';
import { lineReader } from './reader.ts';
import { lineTexts } from './texts.ts';

/** A whole answer is a stream of one line. */
const unfold = (answer: unknown): SseEvent[] => [{ event: '', data: JSON.stringify(answer) }];

const lines = (surface: string, ping: object): Dialect => ({
  surface,
  mustBeDeclared: true,
  framing: NDJSON,
  strict: true,
  reader: lineReader,
  judge: judgeLine,
  texts: lineTexts,
  stopsEarly: hasStop,
  failure: ollamaFailure,
  errorBody: ollamaError,
  ping: { event: '', data: JSON.stringify({ ...ping, done: false }) },
  fold: foldLines,
  unfold,
  tokenLimits: [],
  counts: 'eval_count"',
  foldWith: {},
  foreignRefusal,
});

const vectors = (surface: string): Dialect => ({
  ...generic(surface),
  mustBeDeclared: true,
  framing: NDJSON,
  strict: true,
  judge: judgeEmbeddings,
  failure: ollamaFailure,
  errorBody: ollamaError,
  foreignRefusal,
});

/** `/api/chat` */
export const ollamaChat: Dialect = {
  ...lines('ollama-chat', { message: { role: 'assistant', content: '' } }),
  promptBefore: promptAsMessage,
};

/** `/api/generate`, with a prompt that the server puts into its template */
export const ollamaGenerate: Dialect = {
  ...lines('ollama-generate', { response: '' }),
  promptBefore: promptAsMember('system'),
};

/** `/api/generate`, with a prompt that is continued as it is, or a gap that is filled */
export const ollamaComplete = lines('ollama-complete', { response: '' });

/** `/api/embed` */
export const ollamaEmbed = vectors('ollama-embed');

/** `/api/embeddings`, which `/api/embed` has replaced */
export const ollamaEmbeddings = vectors('ollama-embeddings');

/** `/api/show` */
export const ollamaShow: Dialect = {
  ...generic('ollama-show'),
  mustBeDeclared: true,
  errorBody: ollamaError,
  foreignRefusal,
};

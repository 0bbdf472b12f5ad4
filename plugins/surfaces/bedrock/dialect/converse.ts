import type { Dialect } from '../../../../core/contracts/index.ts';
import { CLAUDE_SIGNATURE } from '../../../../kits/dialect-kit/claude-thought.ts';
import { hasStop } from './stops.ts';
import { foreignRefusal, failure } from './errors.ts';
import { EVENT_STREAM } from './event-stream.ts';
import { judgeAnswer } from './judge.ts';
import { converseReader } from './reader.ts';

/** `/model/MODEL/converse` and `/converse-stream`: one API for all models of AWS Bedrock */
export const converse: Dialect = {
  surface: 'converse',
  mustBeDeclared: true,
  // Of its models only Claude signs thoughts.
  signature: CLAUDE_SIGNATURE,
  framing: EVENT_STREAM,
  strict: true,
  reader: converseReader,
  judge: judgeAnswer,
  stopsEarly: hasStop,
  // The event with the token counts comes behind the one with the reason, and nothing says that it is the last.
  end: { event: '', data: '[DONE]' },
  failure,
  counts: 'Tokens"',
  tokenLimits: [],
  foldWith: {},
  foreignRefusal,
};

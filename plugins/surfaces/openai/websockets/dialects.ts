import type { Dialect } from '../../../../core/contracts/index.ts';
import { generic } from '../../../../kits/dialect-kit/generic.ts';
import { responses } from '../dialects/responses.ts';

/** Messages pass as they are. Only a provider that names such an API in `surfaces` has it. */
export const realtimeSocket: Dialect = {
  ...generic('realtime-websocket'),
  mustBeDeclared: true,
  addsUpUsage: true,
};

export const responsesSocket: Dialect = {
  ...generic('responses-websocket'),
  mustBeDeclared: true,
  tokenLimits: responses.tokenLimits,
  ...(responses.promptBefore && { promptBefore: responses.promptBefore }),
};

import { randomUUID } from 'node:crypto';
import type { Call } from '../../../../../../core/contracts/index.ts';
import type { Json } from '../../../../../../kits/dialect-kit/json.ts';
import { unfoldResponses } from '../../../dialects/unfold-responses.ts';
import { echoOf } from '../../../responses/to-chat/echo.ts';
import { responsesUsage } from '../../../responses/usage.ts';

/** The response to a request that generates nothing: what was sent is the beginning of a conversation. */
export function warmUp(call: Call): { readonly id: string; readonly messages: readonly string[] } {
  const id = `resp_${randomUUID().replaceAll('-', '')}`;
  const now = Math.floor(Date.now() / 1000);
  const response: Json = {
    id,
    object: 'response',
    created_at: now,
    status: 'completed',
    completed_at: now,
    error: null,
    incomplete_details: null,
    ...echoOf(call),
    output: [],
    usage: responsesUsage({}),
  };
  return { id, messages: unfoldResponses(response).map(({ data }) => data) };
}

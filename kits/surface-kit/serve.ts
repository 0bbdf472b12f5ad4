import type { Dialect, Host } from '../../core/contracts/index.ts';
import { answer } from './answer.ts';
import { answerOnly } from './answer-only.ts';
import { readCall, type ModelPath } from './read-call.ts';
import { callersRoute, type RouteAccess } from './route-access.ts';

/** Answers `POST url` by a provider of the model that the body names; any other method gets a 405. */
export function serve(
  { app, gateway }: Host,
  url: string,
  entry: ModelPath,
  dialect: Dialect,
  config: RouteAccess = callersRoute,
): void {
  answerOnly(app, {
    url,
    method: 'POST',
    config: { ...config, inEachThread: true },
    handler: (request, reply) => {
      const call = readCall(request, entry, gateway.acceptsCallersKey);
      const spoken = call.surface === entry.surface ? dialect : gateway.formats.dialects.get(call.surface);
      return answer(call, spoken ?? dialect, request, reply, gateway);
    },
  });
}

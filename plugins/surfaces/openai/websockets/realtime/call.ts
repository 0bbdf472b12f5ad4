import type { FastifyRequest } from 'fastify';
import type { Call } from '../../../../../core/contracts/index.ts';
import { queryOf } from '../../../../../kits/surface-kit/index.ts';
import { isKeyInQuery, withKey } from '../client-key.ts';
import { realtimeSocket } from '../dialects.ts';

/** Azure's dated versions name the deployment. */
const NAMES = new Set(['model', 'deployment']);

/** The handshake as a request for the model that its query names; '': it names none, as one that joins a call. */
export function callOf(request: FastifyRequest, forwardAuthorization: boolean): Call {
  const query = new URLSearchParams(queryOf(request.url));
  const model = query.get('model') || query.get('deployment') || '';
  const others = [...query].filter(([name]) => !NAMES.has(name) && !isKeyInQuery(name));
  const pathOf = ({ model: own }: { readonly model: string }): string => {
    const all: [string, string][] = own === '' ? others : [['model', own], ...others];
    return all.length === 0 ? '/realtime' : `/realtime?${new URLSearchParams(all).toString()}`;
  };
  return {
    surface: realtimeSocket.surface,
    method: 'GET',
    path: pathOf({ model }),
    ...(model !== '' && { pathOf: ({ model: own }) => pathOf({ model: own }) }),
    headers: withKey(request.headers),
    raw: Buffer.alloc(0),
    model,
    stream: true,
    choices: 1,
    format: 'opaque',
    forwardAuthorization,
  };
}

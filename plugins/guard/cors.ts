import type { IncomingHttpHeaders } from 'node:http';

const EXPOSED =
  'authorization, retry-after, x-request-id, x-switchyard-provider, x-switchyard-model, x-switchyard-attempts, x-switchyard-request-id, x-switchyard-translated, x-switchyard-dropped, x-switchyard-estimated, request-id, x-switchyard-trace';

/** Headers that let an admitted page read the answer, and tell its browser beforehand what the page may send. */
export function corsHeaders(method: string, headers: IncomingHttpHeaders): Record<string, string> {
  const answer = {
    'access-control-allow-origin': headers.origin as string,
    'access-control-expose-headers': `*, ${EXPOSED}`,
    vary: 'origin',
  };
  if (method !== 'OPTIONS') return answer;
  return {
    ...answer,
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE, OPTIONS',
    'access-control-allow-headers': headers['access-control-request-headers'] ?? '*',
    'access-control-max-age': '600',
    ...(headers['access-control-request-private-network']
      ? { 'access-control-allow-private-network': 'true' }
      : {}),
  };
}

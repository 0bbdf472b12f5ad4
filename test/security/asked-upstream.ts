import t from 'tap';
import { startUpstream, type Upstream, type UpstreamOptions } from '../upstream/upstream.ts';

export const CHAT = JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] });

/** every header that may identify a client */
export const CALLERS_OWN = {
  authorization: 'Bearer callers-secret-1',
  'x-api-key': 'callers-secret-2',
  'api-key': 'callers-secret-3',
  cookie: 'session=callers-secret-4',
  'proxy-authorization': 'Basic callers-secret-5',
  'x-goog-api-key': 'callers-secret-6',
};

export async function start(options: UpstreamOptions = {}): Promise<Upstream> {
  const upstream = await startUpstream({ interval: 0, ...options });
  t.teardown(() => upstream.close());
  return upstream;
}

/** What went up with requests other than the gateway's own looks for models. */
export function sent(upstream: Upstream): string {
  return upstream.requests
    .filter(({ path }) => path !== '/v1/models')
    .map(({ rawHeaders, path, body }) => `${path} ${rawHeaders.join(' ')} ${body}`)
    .join('\n');
}

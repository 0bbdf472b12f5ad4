import type { Provider, UpstreamRequest } from '../../kits/provider-kit/index.ts';

/** Its list of models is in no project. */
const LIST = '/v1beta1/publishers/google/models?pageSize=200';

export interface Access {
  /** undefined: a key in each request does */
  readonly authorize: UpstreamRequest['authorize'];
  readonly lacks: readonly string[];
}

/** A provider whose requests a token authorizes, which takes time to be known. */
export function authorized(provider: Provider, { authorize, lacks }: Access): Provider {
  return {
    ...provider,
    lacks,
    request(call, target) {
      // A caller's key is none of Google Cloud's.
      const request = provider.request({ ...call, forwardAuthorization: false }, target);
      const path = call.method === 'GET' && call.path === '/models' ? LIST : request.path;
      return { ...request, path, ...(authorize && { authorize }) };
    },
  };
}

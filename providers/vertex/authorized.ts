import type { Provider, UpstreamRequest } from '../../kits/provider-kit/index.ts';
import { modelOf } from '../../wire/body/rewrite.ts';
import { placed } from './publishers.ts';

/** Its list of models is in no project. */
const LIST = '/v1beta1/publishers/google/models?pageSize=200';

export interface Access {
  /** undefined: a key in each request does */
  readonly authorize: UpstreamRequest['authorize'];
  readonly lacks: readonly string[];
}

/** where a base URL has Google's own models */
const GOOGLES = '/publishers/google';

/** A provider whose requests a token authorizes, which takes time to be known. */
export function authorized(provider: Provider, { authorize, lacks }: Access): Provider {
  return {
    ...provider,
    lacks,
    request(call, target) {
      const [own, isElsewhere] = placed(call, modelOf(call, target));
      // A caller's key is none of Google Cloud's.
      const request = provider.request({ ...own, forwardAuthorization: false }, target);
      const isList = call.method === 'GET' && call.path === '/models';
      const path = isList ? LIST : isElsewhere ? request.path.replace(GOOGLES, '') : request.path;
      return { ...request, path, ...(authorize && { authorize }) };
    },
  };
}

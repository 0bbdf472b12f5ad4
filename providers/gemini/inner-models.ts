import { isObject, parseExact, type Json } from '../../kits/dialect-kit/json.ts';
import type { Call, Provider, Target } from '../../kits/provider-kit/index.ts';

/**
 * A provider whose requests name their model inside as well as in the path, as those of embeddings do: where the path has
 * the provider's own name of it, so have they.
 */
export const withInnerModels = (provider: Provider): Provider => ({
  ...provider,
  request: (call, target) => provider.request(renamed(call, target), target),
});

function renamed(call: Call, { model }: Target): Call {
  if (model === '*' || model === call.model || !call.surface.startsWith('gemini-')) return call;
  const body = parseExact(call.raw.toString());
  if (!isObject(body)) return call;
  return { ...call, raw: Buffer.from(JSON.stringify(named(body, `models/${model}`))), members: undefined };
}

function named(body: Json, model: string): Json {
  const own = (one: unknown): unknown => (isObject(one) && 'model' in one ? { ...one, model } : one);
  const { requests, generateContentRequest, ...rest } = own(body) as Json;
  return {
    ...rest,
    ...(Array.isArray(requests) && { requests: requests.map(own) }),
    ...(isObject(generateContentRequest) && { generateContentRequest: own(generateContentRequest) }),
  };
}

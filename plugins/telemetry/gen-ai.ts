/** OpenTelemetry's attributes for generative AI (https://github.com/open-telemetry/semantic-conventions-genai). */
import type { Attributes } from '@opentelemetry/api';
import type { Attempt, Provider, Trace, Usage } from '../../core/contracts/index.ts';
import { isServerError } from '../../kits/feature-kit/index.ts';

const OPERATIONS: Readonly<Record<string, string>> = {
  chat: 'chat',
  'chat-input': 'chat',
  messages: 'chat',
  responses: 'chat',
  converse: 'chat',
  'cohere-chat': 'chat',
  gemini: 'generate_content',
  completions: 'text_completion',
  embeddings: 'embeddings',
};

/** `gen_ai.operation.name`; for other APIs, their own name. */
export const operationOf = (surface: string): string => OPERATIONS[surface] ?? surface;

/** `gen_ai.provider.name` by what a host's name ends with. */
const PROVIDERS: readonly (readonly [host: string, name: string])[] = [
  ['openai.azure.com', 'azure.ai.openai'],
  ['services.ai.azure.com', 'azure.ai.inference'],
  ['api.openai.com', 'openai'],
  ['anthropic.com', 'anthropic'],
  ['amazonaws.com', 'aws.bedrock'],
  ['cohere.com', 'cohere'],
  ['cohere.ai', 'cohere'],
  ['deepseek.com', 'deepseek'],
  ['generativelanguage.googleapis.com', 'gcp.gemini'],
  ['aiplatform.googleapis.com', 'gcp.vertex_ai'],
  ['groq.com', 'groq'],
  ['ml.cloud.ibm.com', 'ibm.watsonx.ai'],
  ['mistral.ai', 'mistral_ai'],
  ['moonshot.ai', 'moonshot_ai'],
  ['moonshot.cn', 'moonshot_ai'],
  ['perplexity.ai', 'perplexity'],
  ['x.ai', 'x_ai'],
];

const known = new WeakMap<Provider, Attributes>();

/** Which vendor a provider is, and where it is reached; one of another vendor has the name that the config gives it. */
export function providerAttributes(provider: Provider): Attributes {
  let attributes = known.get(provider);
  if (!attributes) known.set(provider, (attributes = read(provider)));
  return attributes;
}

function read({ name, origin }: Provider): Attributes {
  if (origin === undefined || !URL.canParse(origin)) return { 'gen_ai.provider.name': name };
  const { hostname, port, protocol } = new URL(origin);
  const vendor = PROVIDERS.find(([host]) => hostname === host || hostname.endsWith(`.${host}`));
  return {
    'gen_ai.provider.name': vendor?.[1] ?? name,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'http:' ? 80 : 443),
  };
}

export function usageAttributes(usage: Usage): Attributes {
  const { prompt, completion, cached, cacheWritten, estimated, cost } = usage;
  return {
    'gen_ai.usage.input_tokens': prompt,
    'gen_ai.usage.output_tokens': completion,
    ...(cached !== undefined && { 'gen_ai.usage.cache_read.input_tokens': cached }),
    ...(cacheWritten !== undefined && { 'gen_ai.usage.cache_write.input_tokens': cacheWritten }),
    ...(estimated && { 'switchyard.usage.estimated': true }),
    ...(cost !== undefined && cost !== null && { 'switchyard.cost': cost }),
  };
}

/** `error.type` of an attempt: an error code of `docs/errors.md`; undefined: it has not failed. */
export function attemptError({ outcome, reason, status }: Attempt): string | undefined {
  if (outcome !== 'failed') return undefined;
  return reason ?? (status === undefined ? 'failed' : String(status));
}

/** `error.type` of a request. A caller that disconnects, and a refusal of its request, are no errors of the gateway. */
export function requestError({ ending, reason, status = 0 }: Trace): string | undefined {
  if (ending === 'complete' || ending === 'left') return undefined;
  if (ending === 'refused' && !isServerError(status)) return undefined;
  return reason ?? ending;
}

/** The attempt that the client was answered by. */
export function answering({ attempts, ending }: Trace): Attempt | undefined {
  if (ending === 'refused') return undefined;
  return attempts.findLast(({ hedged }) => hedged !== 'lost');
}

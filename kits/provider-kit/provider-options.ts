/** The options of providers that speak OpenAI, and their types. */
import type { OptionsOf, ProviderPlugin } from '../../core/contracts/index.ts';
import { rulesSchema } from '../../core/contracts/model-schema.ts';
import { providerTimeouts } from '../../core/contracts/timeouts-schema.ts';
import { runningOptions } from './process-options.ts';

/** `localhost:8080` alone is a URL, too: of the scheme `localhost:`. */
export const httpUrl = { type: 'string', format: 'uri', pattern: String.raw`^https?://[^/\s]+` } as const;

const common = {
  models: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description:
      "Public model name → the provider's own name. Without a map, every name is passed on unchanged.",
  },
  defaultModel: {
    type: 'string',
    description: "The provider's model that answers for names that no provider has.",
  },
  surfaces: {
    type: 'array',
    items: { type: 'string' },
    description:
      "The APIs that the provider has: chat, completions, embeddings, responses, images, audio, moderations, files, … or '*'. WebSockets must be named: responses-websocket, realtime-websocket.",
  },
  concurrency: {
    type: 'integer',
    minimum: 1,
    description: 'The most requests at once; further requests wait in a queue.',
  },
  timeouts: providerTimeouts,
  rules: rulesSchema,
} as const;

/** `surfaces` of a provider that has its APIs as WebSockets, too; `'*'` does not mean them. */
export const WEBSOCKETS = ['responses-websocket', 'realtime-websocket'] as const;

/** Options of a provider reached by URL. */
export const remoteOptions = {
  type: 'object',
  additionalProperties: false,
  properties: {
    apiKey: {
      type: 'string',
      format: 'secret',
      description: 'Sent as `Authorization: Bearer`, or as its API has it.',
    },
    apiKeys: {
      type: 'array',
      items: { type: 'string', format: 'secret', minLength: 1, description: 'One key.' },
      description:
        'Further keys, used in turns. A key that is refused or out of quota is skipped for a while.',
    },
    baseUrl: {
      ...httpUrl,
      description:
        'The URL of the API, with its version: https://api.example.com/v1. A query is added to each request, and user:password@ is sent as `Authorization: Basic`.',
    },
    headers: {
      type: 'object',
      additionalProperties: { type: 'string', format: 'secret' },
      description: 'Headers to send with each request.',
    },
    ...common,
  },
} as const;

/** Options of a provider whose program the gateway runs. */
export const localOptions = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...common,
    ...runningOptions,
  },
} as const;

export type RemoteOptions = OptionsOf<typeof remoteOptions>;

/** A plugin with exactly these options. */
export type RemotePlugin = ProviderPlugin<RemoteOptions>;

export type LocalOptions = OptionsOf<typeof localOptions>;

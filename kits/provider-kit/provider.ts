/** Makes providers that speak OpenAI: a remote API, or a local program. */
import type {
  Call,
  Host,
  Named,
  OptionsOf,
  ProcessSpec,
  Provider,
  ProviderPlugin,
  Quirks,
  ScopeRule,
  Target,
  UpstreamRequest,
} from '../../core/contracts/index.ts';
import { withThoughtInTurns, type NeedsThought } from './thought-in-turns.ts';
import { withoutUnsignedThought } from './unsigned-thought.ts';
import { baseUrl, withQuery } from './base-url.ts';
import { modelOf, rewrite } from '../../wire/body/rewrite.ts';
import { rulesSchema } from '../../core/contracts/model-schema.ts';
import { providerTimeouts } from '../../core/contracts/timeouts-schema.ts';
import { GatewayError } from '../../core/errors.ts';
import { headersUp } from '../../wire/headers.ts';
import { isPlainPath } from '../../wire/plain-path.ts';
import { Keys } from './api-keys.ts';
import { runAs, runningOptions } from './process-options.ts';
import { lacksOf } from './lacks.ts';

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
      type: 'string',
      format: 'uri',
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

/** Facts about a provider; the config can override some. */
export interface Facts {
  surfaces?: readonly string[];
  /** those of one model, where models have different ones; what the config says of `surfaces` holds for all */
  surfacesOf?: (model: string) => readonly string[];
  models?: Readonly<Record<string, string>>;
  defaultModel?: string;
  quirks?: Partial<Quirks>;
  concurrency?: number;
  /** where it lists its models, by default '/models'; false: nowhere */
  modelsPath?: string | false;
  /** what its refusals concern, where the gateway's own rule does not know */
  scopes?: readonly ScopeRule[];
  /** what the operator must give before it can answer, with the remedy */
  lacks?: readonly string[];
}

export interface RemoteFacts {
  baseUrl: string;
  /** the environment variables that may hold its key; the first that is set counts */
  keyFrom?: string | readonly string[];
  /** the path of a call, where it is another than the API's own: the model may stand in it, by the provider's name */
  path?: (call: Call, model: string) => string;
  /** its key stands there as it is; absent: in `Authorization: Bearer` */
  keyHeader?: string;
  /** headers that it must be sent, where the caller sends no other */
  headers?: Readonly<Record<string, string>>;
  /** Turns that it refuses without their thought (`reasoning_content`), in chats with tools; absent: none. */
  needsThought?: NeedsThought;
}

/** A provider that is reached by URL and speaks OpenAI. The config takes precedence over the plugin's facts. */
export function remote(options: RemoteOptions & Named, host: Host, facts: Facts & RemoteFacts): Provider {
  const base = baseUrl(options.baseUrl ?? facts.baseUrl);
  const headers = lowerCase({ ...(base.basic && { authorization: base.basic }), ...options.headers });
  const { keyHeader = 'authorization' } = facts;
  const keys = headers[keyHeader] === undefined ? keysOf(options, host, facts) : undefined;
  // A server that was found on this machine needs no key, so it gets none; one that the config names may need the caller's.
  const takesCallersKey =
    (facts.keyFrom !== undefined || options.baseUrl !== undefined) &&
    !keys &&
    !Object.keys(headers).some(isKey);
  const place = {
    ...base,
    headers,
    pathOf: facts.path,
    needsThought: facts.needsThought,
    defaults: facts.headers,
    keyHeader,
    keys,
    takesCallersKey,
  };
  return {
    ...described(options, facts),
    origin: base.origin,
    keys,
    request: (call, target) => written(call, target, place),
  };
}

/** The config's keys, else the environment's; undefined: there is none. */
function keysOf(
  { apiKey, apiKeys = [] }: RemoteOptions,
  host: Host,
  { keyFrom, keyHeader }: RemoteFacts,
): Keys | undefined {
  const names = apiKeys.length > 0 || keyFrom === undefined ? [] : [keyFrom].flat();
  const found = names.map((name) => host.env[name]).find((key) => key?.trim());
  const all = [apiKey ?? found, ...apiKeys].map((key) => key?.trim()).filter((key) => key);
  return all.length === 0
    ? undefined
    : new Keys([...new Set(all as string[])], host.now, keyHeader ? '' : 'Bearer ');
}

/** A provider whose program the gateway runs and that speaks OpenAI. */
export function local(
  options: LocalOptions & Named,
  _host: Host,
  facts: Facts & { basePath: string; process: ProcessSpec },
): Provider {
  const address = { origin: '', key: '' };
  return {
    ...described(options, facts),
    process: runAs(facts.process, options),
    lacks: lacksOf(facts.process, options.name),
    address,
    basePath: facts.basePath,
    request: (call, target) =>
      written(call, target, {
        origin: address.origin,
        prefix: facts.basePath,
        headers: { authorization: `Bearer ${address.key}` },
        takesCallersKey: false,
      }),
  };
}

function described(options: (RemoteOptions | LocalOptions) & Named, facts: Facts): Omit<Provider, 'request'> {
  const models = options.models ?? facts.models;
  return {
    name: options.name,
    surfaces: options.surfaces ?? facts.surfaces ?? ['*'],
    surfacesOf: options.surfaces ? undefined : facts.surfacesOf,
    models,
    defaultModel: options.defaultModel ?? facts.defaultModel ?? Object.values(models ?? {})[0],
    swapsModels: options.defaultModel !== undefined,
    quirks: { streams: 'both', onLeave: 'abort', ...facts.quirks },
    concurrency: options.concurrency ?? facts.concurrency,
    timeouts: options.timeouts ?? {},
    modelsPath: models || facts.modelsPath === false ? undefined : (facts.modelsPath ?? '/models'),
    checkPath: facts.modelsPath === false ? undefined : (facts.modelsPath ?? '/models'),
    scopes: facts.scopes,
    rules: options.rules,
    lacks: facts.lacks ?? [],
  };
}

interface Place {
  origin: string;
  prefix: string;
  /** the query of its base URL, with the `?` */
  query?: string;
  headers: Record<string, string>;
  pathOf?: RemoteFacts['path'];
  needsThought?: RemoteFacts['needsThought'];
  /** what it is sent where the caller sends no other */
  defaults?: Readonly<Record<string, string>> | undefined;
  /** where its key stands, and a caller's own */
  keyHeader?: string;
  keys?: Keys | undefined;
  takesCallersKey: boolean;
}

/** the version at the end of a base URL, below the server's root */
const VERSION = /\/v\d+$/;

/** The caller's bytes and headers, without those meant for the gateway, and with the provider's name of the model. */
function written(
  call: Call,
  target: Target,
  {
    origin,
    prefix,
    query = '',
    headers,
    pathOf,
    needsThought,
    defaults,
    keyHeader = 'authorization',
    keys,
    takesCallersKey,
  }: Place,
): UpstreamRequest {
  const up = headersUp(call.headers);
  if (defaults) for (const name in defaults) up[name] ??= defaults[name] as string;
  const key = keys?.next(target.name);
  const own = call.headers[keyHeader] === undefined ? 'authorization' : keyHeader;
  const callersKey = takesCallersKey && call.forwardAuthorization && call.headers[own] !== undefined;
  if (key) up[keyHeader] = key.header;
  if (callersKey) up[own] = call.headers[own] as string;
  up['accept-encoding'] = 'identity';
  const model = modelOf(call, target);
  const path = pathOf ? pathOf(call, model) : call.path;
  if (path.includes('..')) mustStayBelow(path);
  const sent = withThoughtInTurns(withoutUnsignedThought(call, model), model, needsThought);
  return {
    origin,
    path: withQuery((call.isAtRoot ? prefix.replace(VERSION, '') : prefix) + path, query),
    method: call.method,
    headers: Object.assign(up, headers),
    body: call.raw.length === 0 ? undefined : rewrite(sent, target),
    ...(key && { key }),
    ...(callersKey && { callersKey }),
  };
}

/** The names of models and deployments stand in paths. @throws GatewayError `invalid_request` */
function mustStayBelow(path: string): void {
  const [place = ''] = path.split('?', 1);
  if (isPlainPath(place)) return;
  throw new GatewayError(
    'invalid_request',
    `the path '${place.slice(0, 100)}' leads out of the provider's API`,
  );
}

/** One spelling, so that no header is sent twice beside the caller's. */
function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A header that authenticates counts as a key. */
function isKey(header: string): boolean {
  return /authorization|key|token|secret|cookie/.test(header);
}

/** Makes providers that speak OpenAI: a remote API, or a local program. */
import type {
  Call,
  Host,
  Named,
  ProcessSpec,
  Provider,
  Quirks,
  ScopeRule,
} from '../../core/contracts/index.ts';
import { Keys } from './api-keys.ts';
import { baseUrl } from './base-url.ts';
import { lacksOf } from './lacks.ts';
import { runAs } from './process-options.ts';
import type { LocalOptions, RemoteOptions } from './provider-options.ts';
import { RefusedBetas } from './refused-betas.ts';
import type { NeedsThought } from './thought-in-turns.ts';
import { writeRequest } from './upstream-request.ts';

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
  /** scopes of its refusals that the gateway's own rules do not cover */
  scopes?: readonly ScopeRule[];
  /** values that the operator must give before it can answer, each with the remedy */
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
  /** Turns that it refuses without their reasoning (`reasoning_content`), in chats with tools; absent: none. */
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
  const betas = new RefusedBetas();
  const place = {
    ...base,
    headers,
    betas,
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
    request: (call, target) => writeRequest(call, target, place),
    ...betas.learning,
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
      writeRequest(call, target, {
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

/** One spelling, so that no header is sent twice beside the caller's. */
function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** A header that authenticates counts as a key. */
function isKey(header: string): boolean {
  return /authorization|key|token|secret|cookie/.test(header);
}

import type { Call, Target, UpstreamRequest } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { modelOf, rewrite } from '../../wire/body/rewrite.ts';
import { headersUp } from '../../wire/headers.ts';
import { isPlainPath } from '../../wire/plain-path.ts';
import type { Keys } from './api-keys.ts';
import { withQuery } from './base-url.ts';
import type { RefusedBetas } from './refused-betas.ts';
import { withThoughtInTurns, type NeedsThought } from './thought-in-turns.ts';
import { withoutUnsignedThought } from './unsigned-thought.ts';

/** Where a provider takes requests, and what it is sent with each. */
export interface RequestPlace {
  origin: string;
  /** the path of its base URL */
  prefix: string;
  /** the query of its base URL, with the `?` */
  query?: string;
  headers: Record<string, string>;
  /** features that its models have refused */
  betas?: RefusedBetas;
  /** the path of a call, where it is another than the API's own */
  pathOf?: ((call: Call, model: string) => string) | undefined;
  needsThought?: NeedsThought | undefined;
  /** headers that it is sent where the caller sends no other */
  defaults?: Readonly<Record<string, string>> | undefined;
  /** the header that has its key, or a caller's own; 'authorization' by default */
  keyHeader?: string;
  keys?: Keys | undefined;
  /** a caller's own key is passed on to it */
  takesCallersKey: boolean;
}

/** the version at the end of a base URL, below the server's root */
const VERSION = /\/v\d+$/;

/** The caller's bytes and headers, without those meant for the gateway, and with the provider's name of the model. @throws GatewayError `invalid_request` */
export function writeRequest(
  call: Call,
  target: Target,
  {
    origin,
    prefix,
    query = '',
    headers,
    betas,
    pathOf,
    needsThought,
    defaults,
    keyHeader = 'authorization',
    keys,
    takesCallersKey,
  }: RequestPlace,
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
  Object.assign(up, headers);
  if (up['anthropic-beta'] !== undefined) betas?.leaveOut(up, model);
  const sent = withThoughtInTurns(withoutUnsignedThought(call, model), model, needsThought);
  return {
    origin,
    path: withQuery((call.isAtRoot ? prefix.replace(VERSION, '') : prefix) + path, query),
    method: call.method,
    headers: up,
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

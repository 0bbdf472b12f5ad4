import { address } from './address.ts';
import { ApiError, Unreachable } from './api-error.ts';
import { currentKey, keyHeader, keyRefused } from './key.ts';

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Call {
  readonly query?: Query;
  /** sent as JSON */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** a further status that counts as success */
  readonly accepts?: number;
  readonly signal?: AbortSignal | undefined;
}

/** `GET path` as JSON. @throws ApiError, Unreachable */
export const get = <T>(path: string, call: Call = {}): Promise<T> => json<T>('GET', path, call);

/** Any other method, its answer as JSON. @throws ApiError, Unreachable */
export const send = <T = unknown>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  call: Call = {},
) => json<T>(method, path, call);

async function json<T>(method: string, path: string, call: Call): Promise<T> {
  const response = await ask(method, path, call);
  return (await response.json()) as T;
}

/**
 * One request with the entered key, its response unread: for streams and downloads.
 * @throws ApiError when it is no success (a 401 also asks the person for a key), Unreachable when nothing answers
 */
export async function ask(
  method: string,
  path: string,
  { query, body, headers, accepts, signal }: Call = {},
): Promise<Response> {
  const { key } = currentKey();
  const response = await fetch(address(path, query), {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...keyHeader(),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
    cache: 'no-store',
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Unreachable(error);
  });
  if (response.ok || response.status === accepts) return response;
  const refusal = ApiError.of(response.status, await response.text());
  refusal.requestId = response.headers.get('x-switchyard-request-id') ?? undefined;
  if (refusal.status === 401) keyRefused(key, refusal.message);
  throw refusal;
}

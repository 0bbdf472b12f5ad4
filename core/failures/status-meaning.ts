import * as words from '../../wire/refusal-words.ts';

/** What a refusal means by its HTTP status. A provider's own rules (`scopes`, `retryable`, `retryStatuses`) go before it. */
export interface StatusMeaning {
  /** OpenAI's word for it, where the upstream does not say one */
  readonly type: string;
  /** It is no fault of the request: another target may answer, and after a pause the same one. */
  readonly retryable: boolean;
  /** What it concerns beside the request; 'limit': the model, and of several keys the one it was sent with. */
  readonly scope: 'key' | 'limit' | undefined;
  /** The scope holds only where the body says this. */
  readonly says: ((body: Buffer) => boolean) | undefined;
  /** ms the scope is left out where the refusal names no time; 'grows': from one second, twice as long each time */
  readonly pauseMs: number | 'grows' | undefined;
  /** Said to the caller's own key, it concerns the caller alone. */
  readonly callers: boolean;
  /** A member of the request may be at fault: without it the answer may be another. */
  readonly member: boolean;
  /** The provider may not have the path. */
  readonly path: boolean;
  /** What the body may say that the provider lacks: another may have it. */
  readonly lack: ((body: Buffer) => words.Lack) | undefined;
}

const REQUEST: StatusMeaning = {
  type: 'invalid_request_error',
  retryable: false,
  scope: undefined,
  says: undefined,
  pauseMs: undefined,
  callers: false,
  member: false,
  path: false,
  lack: undefined,
};
/** The key may have been mended after a minute. */
const KEY: StatusMeaning = { ...REQUEST, scope: 'key', pauseMs: 60_000, callers: true };
const PASSING: StatusMeaning = { ...REQUEST, retryable: true };
const FAILURE: StatusMeaning = { ...PASSING, type: 'upstream_error' };

export const STATUSES: Readonly<Record<number, StatusMeaning>> = {
  400: { ...KEY, says: words.saysKeyRefused, callers: false, member: true, lack: words.lacksModel },
  401: KEY,
  402: KEY,
  403: { ...KEY, says: words.saysKey, lack: words.lacksAccess },
  404: { ...REQUEST, path: true, lack: words.lacksPathOrModel },
  405: { ...REQUEST, path: true, lack: words.lacksPath },
  408: PASSING,
  409: PASSING,
  413: { ...REQUEST, lack: words.lacksRoom },
  422: { ...REQUEST, member: true, lack: words.lacksModel },
  429: { ...PASSING, type: 'rate_limit_error', scope: 'limit', pauseMs: 'grows', callers: true },
  500: { ...FAILURE, lack: words.lacksAbility },
  501: { ...FAILURE, path: true, lack: words.lacksPath },
};

export const meaningOfStatus = (status: number): StatusMeaning =>
  STATUSES[status] ?? (status < 500 ? REQUEST : FAILURE);

/** It is no fault of the request: after a pause the answer may be another. */
export const mayPass = (status: number): boolean => meaningOfStatus(status).retryable;

/** There may be no such path. */
export const lacksPath = (status: number): boolean => meaningOfStatus(status).path;

/** A rate limit or a quota is used up. */
export const isUsedUp = (status: number | undefined): boolean =>
  status !== undefined && STATUSES[status]?.scope === 'limit';

/** The key it was sent with is refused: that says nothing about the server behind it. */
export function refusesKey(status: number): boolean {
  const { scope, callers } = meaningOfStatus(status);
  return scope === 'key' && callers;
}

/** Not what was asked for, whatever the reason. */
export const isRefusal = (status: number): boolean => status >= 400;

/** The server itself has failed. */
export const isServerError = (status: number): boolean => meaningOfStatus(status).type === FAILURE.type;

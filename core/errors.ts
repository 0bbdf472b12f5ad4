import type { AnswerHeaders, Ending, ErrorBody } from './contracts/index.ts';

/** What an error means: the columns of the table below. `docs/errors.md` shows them. */
export interface Meaning {
  readonly status: number;
  /** OpenAI's word for errors of this kind */
  readonly type: string;
  readonly fault: 'client' | 'operator' | 'provider' | 'gateway';
  /** Another target may do better. */
  readonly elsewhere: boolean;
  /** The same target may do better after a short pause. */
  readonly again: boolean;
  /** How the circuit of the target takes it; 'opens': at once, as no connection came about. */
  readonly health: 'nothing' | 'fails' | 'opens';
  /** What is left out while it lasts. */
  readonly scope: 'request' | 'model' | 'provider';
  /** What it shows of a local program, for the supervisor. */
  readonly process: 'nothing' | 'answered' | 'stalled' | 'failed';
  /** seconds the client is told to wait where no better time is known */
  readonly retryAfterS: number | undefined;
  /** The client may send the request again; else it is told `x-should-retry: false`. */
  readonly clientRetry: boolean;
  /** how an answer ends that it interrupts */
  readonly ending: Ending;
  /** The request may still be on its way: the connection closes behind the answer. */
  readonly closes: boolean;
}

/** The request is the reason: no target is asked, or no other. */
const REQUEST = {
  type: 'invalid_request_error',
  fault: 'client',
  elsewhere: false,
  again: false,
  health: 'nothing',
  scope: 'request',
  process: 'nothing',
  retryAfterS: undefined,
  clientRetry: false,
  ending: 'error',
  closes: false,
} as const;
const OPERATOR = { ...REQUEST, type: 'config_error', fault: 'operator' } as const;
/** Nothing can answer just now. */
const UNAVAILABLE = {
  ...REQUEST,
  status: 503,
  type: 'unavailable_error',
  fault: 'provider',
  clientRetry: true,
} as const;
/** A local program cannot be had. */
const NO_PROGRAM = { ...UNAVAILABLE, elsewhere: true, scope: 'provider' } as const;
/** An attempt failed. The client learns of it when all was tried: one more retry only adds to the trouble. */
const FAILED = {
  ...REQUEST,
  status: 502,
  type: 'upstream_error',
  fault: 'provider',
  elsewhere: true,
  again: true,
  health: 'fails',
  scope: 'model',
  process: 'answered',
} as const;
/** An attempt ran out of time: the same target would take it again. */
const LATE = {
  ...FAILED,
  status: 504,
  type: 'upstream_timeout',
  again: false,
  process: 'stalled',
  ending: 'stalled',
} as const;

/** Every error that a client or operator can meet. `docs/errors.md` explains each. */
const ERRORS = {
  invalid_json: { ...REQUEST, status: 400 },
  invalid_request: { ...REQUEST, status: 400 },
  not_translatable: { ...REQUEST, status: 400 },
  hook_refused: { ...REQUEST, status: 400 },
  missing_api_key: { ...REQUEST, status: 401, type: 'authentication_error' },
  wrong_api_key: { ...REQUEST, status: 401, type: 'authentication_error' },
  wrong_password: { ...REQUEST, status: 401, type: 'authentication_error' },
  key_expired: { ...REQUEST, status: 401, type: 'authentication_error' },
  key_revoked: { ...REQUEST, status: 401, type: 'authentication_error' },
  sign_in_failed: { ...REQUEST, status: 403, type: 'permission_error' },
  role_not_allowed: { ...REQUEST, status: 403, type: 'permission_error' },
  model_not_allowed: { ...REQUEST, status: 403, type: 'permission_error' },
  provider_not_allowed: { ...REQUEST, status: 403, type: 'permission_error' },
  forbidden_host: { ...REQUEST, status: 403, type: 'permission_error' },
  forbidden_origin: { ...REQUEST, status: 403, type: 'permission_error' },
  not_found: { ...REQUEST, status: 404 },
  model_not_found: { ...REQUEST, status: 404 },
  provider_not_found: { ...REQUEST, status: 404 },
  request_not_found: { ...REQUEST, status: 404 },
  key_not_found: { ...REQUEST, status: 404 },
  limit_not_found: { ...REQUEST, status: 404 },
  target_not_found: { ...REQUEST, status: 404 },
  response_not_found: { ...REQUEST, status: 404 },
  surface_not_found: { ...REQUEST, status: 404 },
  method_not_allowed: { ...REQUEST, status: 405 },
  request_too_slow: { ...REQUEST, status: 408, clientRetry: true, closes: true },
  action_conflict: { ...REQUEST, status: 409 },
  config_not_saved: { ...OPERATOR, status: 409 },
  config_not_reloaded: { ...OPERATOR, status: 409 },
  settings_changed: { ...REQUEST, status: 412 },
  body_too_large: { ...REQUEST, status: 413, closes: true },
  url_too_long: { ...REQUEST, status: 414 },
  unsupported_media_type: { ...REQUEST, status: 415 },
  upgrade_refused: { ...REQUEST, status: 426 },
  headers_too_large: { ...REQUEST, status: 431 },
  rate_limited: { ...REQUEST, status: 429, type: 'rate_limit_error', clientRetry: true },
  budget_spent: { ...REQUEST, status: 429, type: 'rate_limit_error' },
  too_many_tries: { ...REQUEST, status: 429, type: 'authentication_error', clientRetry: true },
  upstream_busy: { ...UNAVAILABLE, status: 429, type: 'rate_limit_error' },
  client_left: { ...REQUEST, status: 499, type: 'client_error', ending: 'left' },
  internal: {
    ...REQUEST,
    status: 500,
    type: 'server_error',
    fault: 'gateway',
    elsewhere: true,
    process: 'answered',
  },
  upstream_refused: { ...FAILED, health: 'opens', scope: 'provider', process: 'failed' },
  upstream_reset: { ...FAILED, process: 'failed' },
  upstream_error: FAILED,
  provider_fault: { ...FAILED, again: false, health: 'nothing', process: 'nothing' },
  upstream_status: FAILED,
  upstream_empty: FAILED,
  upstream_malformed: { ...FAILED, again: false },
  upstream_too_large: { ...FAILED, again: false },
  stream_cut: { ...FAILED, ending: 'cut' },
  stream_stalled: { ...LATE, type: 'upstream_error' },
  connect_timeout: { ...LATE, health: 'opens', scope: 'provider' },
  first_byte_timeout: LATE,
  first_content_timeout: LATE,
  total_timeout: { ...LATE, elsewhere: false },
  no_target: UNAVAILABLE,
  provider_unavailable: NO_PROGRAM,
  provider_starting: { ...NO_PROGRAM, elsewhere: false, retryAfterS: 5 },
  process_failed: NO_PROGRAM,
  toolchain_missing: { ...NO_PROGRAM, clientRetry: false },
  install_failed: NO_PROGRAM,
  hook_failed: { ...UNAVAILABLE, fault: 'operator' },
  queue_full: { ...UNAVAILABLE, elsewhere: true, retryAfterS: 1 },
  queue_timeout: { ...UNAVAILABLE, elsewhere: true, retryAfterS: 2 },
  too_many_bodies: { ...UNAVAILABLE, fault: 'operator', retryAfterS: 5, closes: true },
  shutting_down: { ...UNAVAILABLE, fault: 'operator', retryAfterS: 2, closes: true },
  not_implemented: { ...REQUEST, status: 501 },
  store_unavailable: { ...UNAVAILABLE, fault: 'operator', retryAfterS: 5 },
  key_not_saved: { ...OPERATOR, status: 507, type: 'server_error' },
  secret_not_saved: { ...OPERATOR, status: 507, type: 'server_error' },
  config_invalid: { ...OPERATOR, status: 500 },
  restart_failed: { ...OPERATOR, status: 500 },
} as const satisfies Record<string, Meaning>;

export type ErrorCode = keyof typeof ERRORS;

export const errorCodes = Object.keys(ERRORS) as ErrorCode[];

/** undefined: it is no code, as where nothing failed */
export function meaningOf(code: ErrorCode): Meaning;
export function meaningOf(code: string | undefined): Meaning | undefined;
export function meaningOf(code: string | undefined): Meaning | undefined {
  return ERRORS[code as ErrorCode];
}

interface Details {
  cause?: unknown;
  param?: string;
  /** seconds until it makes sense to come back, where that is known better than the table has it */
  retryAfterS?: number | undefined;
  /** of the answer that tells it */
  headers?: AnswerHeaders;
}

/** What happened, to be shown by a surface in its own words. The message names the thing, the value and the remedy. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly statusCode: number;
  readonly type: string;
  readonly param: string | null;
  readonly retryAfterS: number | undefined;
  readonly headers: AnswerHeaders | undefined;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    const { fault, status, type, retryAfterS } = meaningOf(code);
    const { stackTraceLimit } = Error;
    // What failed is elsewhere, so no trace is taken: it would cost more than the rest of the error.
    if (fault !== 'gateway') Error.stackTraceLimit = 0;
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'GatewayError';
    [this.code, this.statusCode, this.type] = [code, status, type];
    [this.param, this.headers] = [details.param ?? null, details.headers];
    this.retryAfterS = details.retryAfterS ?? retryAfterS;
  }

  /** What was thrown, or that something of ours went wrong, which the log tells and the client is spared. */
  static from(cause: unknown): GatewayError {
    if (cause instanceof GatewayError) return cause;
    return new GatewayError('internal', 'the gateway failed on this request; its log says why', { cause });
  }
}

/** The request holds what an API cannot express: a target that has another may take it. */
export const isUntranslatable = (error: unknown): error is GatewayError =>
  error instanceof GatewayError && error.code === 'not_translatable';

/** A limit of this gateway refuses the request. */
export const isOfLimit = (code: string | undefined): boolean => meaningOf(code)?.status === 429;

/** This target is not asked for the request, and another may be. */
export const isForAnother = (error: unknown): error is GatewayError =>
  isUntranslatable(error) || (error instanceof GatewayError && isOfLimit(error.code));

/** An error as the OpenAI API writes it. */
export function errorBody(error: GatewayError): ErrorBody {
  return { error: { message: error.message, type: error.type, param: error.param, code: error.code } };
}

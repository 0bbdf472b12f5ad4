import type { ErrorBody } from './contracts/index.ts';

/** Every error that a client or operator can meet: its code, status and type in OpenAI's words. `docs/errors.md` explains each. */
const ERRORS = {
  invalid_json: [400, 'invalid_request_error'],
  invalid_request: [400, 'invalid_request_error'],
  not_translatable: [400, 'invalid_request_error'],
  missing_api_key: [401, 'authentication_error'],
  wrong_api_key: [401, 'authentication_error'],
  forbidden_host: [403, 'permission_error'],
  forbidden_origin: [403, 'permission_error'],
  not_found: [404, 'invalid_request_error'],
  model_not_found: [404, 'invalid_request_error'],
  provider_not_found: [404, 'invalid_request_error'],
  request_not_found: [404, 'invalid_request_error'],
  target_not_found: [404, 'invalid_request_error'],
  surface_not_found: [404, 'invalid_request_error'],
  method_not_allowed: [405, 'invalid_request_error'],
  request_too_slow: [408, 'invalid_request_error'],
  action_conflict: [409, 'invalid_request_error'],
  config_not_saved: [409, 'config_error'],
  config_not_reloaded: [409, 'config_error'],
  body_too_large: [413, 'invalid_request_error'],
  url_too_long: [414, 'invalid_request_error'],
  unsupported_media_type: [415, 'invalid_request_error'],
  headers_too_large: [431, 'invalid_request_error'],
  upstream_busy: [429, 'rate_limit_error'],
  client_left: [499, 'client_error'],
  internal: [500, 'server_error'],
  upstream_refused: [502, 'upstream_error'],
  upstream_reset: [502, 'upstream_error'],
  upstream_error: [502, 'upstream_error'],
  upstream_status: [502, 'upstream_error'],
  upstream_empty: [502, 'upstream_error'],
  upstream_malformed: [502, 'upstream_error'],
  upstream_too_large: [502, 'upstream_error'],
  stream_cut: [502, 'upstream_error'],
  stream_stalled: [504, 'upstream_error'],
  connect_timeout: [504, 'upstream_timeout'],
  first_byte_timeout: [504, 'upstream_timeout'],
  first_content_timeout: [504, 'upstream_timeout'],
  total_timeout: [504, 'upstream_timeout'],
  no_target: [503, 'unavailable_error'],
  provider_unavailable: [503, 'unavailable_error'],
  provider_starting: [503, 'unavailable_error'],
  process_failed: [503, 'unavailable_error'],
  toolchain_missing: [503, 'unavailable_error'],
  install_failed: [503, 'unavailable_error'],
  queue_full: [503, 'unavailable_error'],
  queue_timeout: [503, 'unavailable_error'],
  too_many_bodies: [503, 'unavailable_error'],
  shutting_down: [503, 'unavailable_error'],
  secret_not_saved: [507, 'server_error'],
  config_invalid: [500, 'config_error'],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrorCode = keyof typeof ERRORS;

export const errorCodes = Object.keys(ERRORS) as ErrorCode[];

export const statusOf = (code: ErrorCode): number => ERRORS[code][0];

interface Details {
  cause?: unknown;
  param?: string;
  /** seconds until it makes sense to come back */
  retryAfter?: number;
  /** Tells SDKs that trying again by themselves is no use. */
  final?: boolean;
}

/** What happened, to be shown by a surface in its own words. The message names the thing, the value and the remedy. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly statusCode: number;
  readonly type: string;
  readonly param: string | null;
  readonly retryAfter: number | undefined;
  readonly final: boolean;

  constructor(code: ErrorCode, message: string, details: Details = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GatewayError';
    this.code = code;
    [this.statusCode, this.type] = ERRORS[code];
    this.param = details.param ?? null;
    this.retryAfter = details.retryAfter;
    this.final = details.final ?? false;
  }

  /** What was thrown, or that something of ours went wrong, which the log tells and the client is spared. */
  static from(thrown: unknown): GatewayError {
    if (thrown instanceof GatewayError) return thrown;
    return new GatewayError('internal', 'the gateway failed on this request; its log says why', {
      cause: thrown,
    });
  }
}

/** An error as the OpenAI API writes it. */
export function errorBody(error: GatewayError): ErrorBody {
  return { error: { message: error.message, type: error.type, param: error.param, code: error.code } };
}

/** An error response of the API, with its own message. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string | undefined;
  readonly param: string | undefined;
  /** the request id of its trace, where it has one */
  requestId: string | undefined;

  constructor(status: number, message: string, code?: string, param?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }

  /** @param text the body, OpenAI-shaped or anything else that a proxy in between may send */
  static of(status: number, text: string): ApiError {
    try {
      const { error } = JSON.parse(text) as { error?: { message?: string; code?: string; param?: string } };
      if (error?.message) return new ApiError(status, error.message, error.code, error.param);
    } catch {
      // From a proxy, so there is nothing in it to quote.
    }
    return new ApiError(status, `the gateway, or something before it, answered ${status}`);
  }
}

/** The gateway could not be reached at all. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';

  constructor(cause: unknown) {
    super('the gateway does not answer', { cause });
  }
}

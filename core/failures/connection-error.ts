import type { Context } from '../contracts/index.ts';
import { GatewayError, meaningOf, type ErrorCode } from '../errors.ts';
import { Malformed } from '../../wire/malformed.ts';

/** `code` of an error of a proxy that made no connection. */
export const NO_CONNECTION = 'PROXY_CONNECT';

/** What each code of the system means; '': its message says more. */
const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve just now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
  [NO_CONNECTION]: '',
};

/** Codes of TLS for a certificate that nothing vouches for; an alert is about ours, or the lack of one. */
export const UNTRUSTED = /^(?!.*ALERT).*(?:CERT|SELF_SIGNED|ALTNAME|ISSUER|SIGNATURE)/;
/** What our own parser, and undici, say of what is not HTTP/1.1. */
const MALFORMED = new Set(['HTTP1_MALFORMED', 'UND_ERR_HEADERS_OVERFLOW']);

/**
 * No connection could be made, or one was lost before any answer.
 * @param connecting it had not been made; else its `code` may say so
 */
export function connectionError(
  provider: string,
  origin: string,
  error: Error,
  connecting = false,
): GatewayError {
  const code = codeOf(error);
  const cause = { cause: error };
  if (connecting || isUnreachable(error)) {
    const why = UNTRUSTED.test(code)
      ? `its certificate is not trusted (${code}); add its authority with NODE_EXTRA_CA_CERTS`
      : CONNECT[code] || error.message;
    return new GatewayError(
      'upstream_refused',
      `${provider} could not be reached at ${origin}: ${why}`,
      cause,
    );
  }
  const [reason, what] = isMalformed(error)
    ? (['upstream_malformed', `sent something that is not HTTP: ${error.message}`] as const)
    : (['upstream_reset', `closed the connection without an answer (${code || error.message})`] as const);
  return new GatewayError(reason, `${provider} ${what}`, cause);
}

/** The error only happens while connecting. */
export const isUnreachable = (error: Error): boolean =>
  Object.hasOwn(CONNECT, codeOf(error)) || UNTRUSTED.test(codeOf(error));

/** What came is not HTTP/1.1. Another connection would not mend that. */
export const isMalformed = (error: Error): boolean =>
  MALFORMED.has(codeOf(error)) || error.name === 'HTTPParserError';

/** What was thrown while an answer was read: the upstream's fault, or `internal`. */
export function readingError(provider: string, thrown: unknown, { log, id }: Context): GatewayError {
  if (thrown instanceof Malformed)
    return new GatewayError('upstream_malformed', `${provider} sent ${thrown.message}`, { cause: thrown });
  const error = GatewayError.from(thrown);
  if (meaningOf(error.code).fault === 'gateway')
    log.error({ err: thrown, id }, `reading the answer of ${provider} failed for a reason of our own`);
  return error;
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  // A DOMException's is a number.
  if (code !== undefined) return String(code);
  return ((error as AggregateError).errors?.[0] as NodeJS.ErrnoException | undefined)?.code ?? '';
}

/** A timeout of the attempt has passed, or the gateway closes. */
export function lateError(
  provider: string,
  { code, what }: { code: ErrorCode; what: string },
  closing: boolean,
): GatewayError {
  if (closing)
    return new GatewayError('shutting_down', `${provider} was not done when the gateway had to stop`);
  return new GatewayError(code, `${provider} ${what}`);
}

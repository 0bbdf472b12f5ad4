import type { Context } from '../contracts/index.ts';
import { GatewayError, meaningOf, type ErrorCode } from '../errors.ts';
import { TooDeep } from '../../wire/json.ts';

/** `code` of an error of a proxy that made no connection. */
export const NO_CONNECTION = 'PROXY_CONNECT';

const CONNECT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve just now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  UND_ERR_CONNECT_TIMEOUT: 'it does not answer',
};

/** What our own parser, and undici, say of what is not HTTP/1.1. */
const MALFORMED = new Set(['HTTP1_MALFORMED', 'UND_ERR_HEADERS_OVERFLOW']);

/** A connection could not be made: the message has its address and the reason. */
export function connectError(who: string, origin: string, error: Error): GatewayError {
  const code = codeOf(error);
  const tls = /CERT|SELF_SIGNED|ALTNAME|ISSUER|SIGNATURE/.test(code);
  const why = tls
    ? `its certificate is not trusted (${code}); add its authority with NODE_EXTRA_CA_CERTS`
    : (CONNECT[code] ?? error.message);
  return new GatewayError('upstream_refused', `${who} could not be reached at ${origin}: ${why}`, {
    cause: error,
  });
}

/** What came is not HTTP/1.1. Another connection would not mend that. */
export function isMalformed(error: Error): boolean {
  return MALFORMED.has(codeOf(error)) || error.name === 'HTTPParserError';
}

/** An open connection was lost before any answer. */
export function resetError(who: string, error: Error): GatewayError {
  if (isMalformed(error)) {
    const message = `${who} sent something that is not HTTP: ${error.message}`;
    return new GatewayError('upstream_malformed', message, { cause: error });
  }
  if (codeOf(error) === NO_CONNECTION)
    return new GatewayError('upstream_refused', `${who} could not be reached: ${error.message}`, {
      cause: error,
    });
  return new GatewayError(
    'upstream_reset',
    `${who} closed the connection without an answer (${codeOf(error) || error.message})`,
    { cause: error },
  );
}

/** What was thrown while an answer was read: the upstream's fault, or `internal`. */
export function readingError(who: string, thrown: unknown, { log, id }: Context): GatewayError {
  if (thrown instanceof TooDeep)
    return new GatewayError('upstream_malformed', `${who} sent ${thrown.message}`, { cause: thrown });
  const error = GatewayError.from(thrown);
  if (meaningOf(error.code).fault === 'gateway')
    log.error({ err: thrown, id }, `reading the answer of ${who} failed for a reason of our own`);
  return error;
}

function codeOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  // A DOMException's is a number.
  if (code !== undefined) return String(code);
  const inner = (error as AggregateError).errors?.[0] as NodeJS.ErrnoException | undefined;
  return inner?.code ?? '';
}

/** A timeout of the attempt has passed, or the gateway closes. */
export function lateError(
  who: string,
  { code, what }: { code: ErrorCode; what: string },
  closing: boolean,
): GatewayError {
  if (closing) return new GatewayError('shutting_down', `${who} was not done when the gateway had to stop`);
  return new GatewayError(code, `${who} ${what}`);
}

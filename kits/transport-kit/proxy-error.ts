import { NO_CONNECTION, UNTRUSTED } from '../../core/failures/connection-error.ts';
import type { OutboundProxy } from '../../core/contracts/index.ts';

/** undici's message for a proxy that wants credentials for plain http, without a tunnel. */
const WANTS_CREDENTIALS = /^Proxy Authentication Required/;

/** What failed once a connection was open: the upstream, or the proxy after all. */
export const errorBehind = (error: Error, proxy: OutboundProxy | undefined): Error =>
  proxy && WANTS_CREDENTIALS.test(error.message) ? proxyError(error, proxy) : error;

/** No connection could be made through a proxy. The message names it, because the upstream may be well. */
export function proxyError(error: Error, { name, variable }: OutboundProxy): Error {
  const { code = '' } = error as NodeJS.ErrnoException;
  // The certificate inside a tunnel is the upstream's.
  if (UNTRUSTED.test(code)) return error;
  const refused = /^Proxy (?:response|Authentication Required) \((\d+)\)/.exec(error.message)?.[1];
  const why =
    refused === undefined
      ? code || error.message
      : `it answered ${refused}${refused === '407' ? ': it wants a name and a password, as http://NAME:PASSWORD@HOST:PORT' : ''}`;
  const told = `the proxy ${name} (${variable}) opens no connection: ${why}`;
  return Object.assign(new Error(told, { cause: error }), { code: NO_CONNECTION });
}

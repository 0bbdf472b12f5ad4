import type { FastifyRequest } from 'fastify';
import { GatewayError } from '../../../core/errors.ts';

/** Sent by the dashboard with each request: a page of another origin would need to ask for it beforehand. */
const HEADER = 'x-switchyard-session';

/**
 * A request with a cookie, or one that makes a cookie, must be the dashboard's own if it changes something: browsers send
 * cookies with requests of other pages, too.
 * @throws GatewayError `forbidden_origin`
 */
export function checkOrigin({ method, headers }: FastifyRequest): void {
  const { upgrade, origin, host, 'sec-fetch-site': site, [HEADER]: header } = headers;
  // Any page may open a WebSocket, and none can give it the header.
  if ((method === 'GET' || method === 'HEAD') && upgrade === undefined) return;
  const isOwnSite = site === undefined ? origin !== undefined : site === 'same-origin';
  const isOwnHost = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  if (header !== undefined && isOwnSite && isOwnHost) return;
  throw new GatewayError(
    'forbidden_origin',
    `with a session, changes are taken only from the gateway's own page: it sends ${HEADER}, and its Origin is that of the Host header; scripts use a key`,
  );
}

import { here } from './peer.ts';

/** What the upstream shows of itself with TLS; every peer trusts it. */
export const CERTIFICATE = here('../test/fixtures/tls/localhost.cert.pem');
export const KEY = here('../test/fixtures/tls/localhost.key.pem');

import t from 'tap';
import { connectionError } from '../../../core/failures/connection-error.ts';

const ORIGIN = 'https://lab.test';
const told = (code: string, isConnecting = false) =>
  connectionError('lab', ORIGIN, Object.assign(new Error('of the system'), { code }), isConnecting);

t.test('an error that only comes of connecting says so by itself, whichever way a request takes', (t) => {
  for (const code of [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'UND_ERR_CONNECT_TIMEOUT',
    'PROXY_CONNECT',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ]) {
    const { code: reason, message } = told(code);
    t.equal(reason, 'upstream_refused', code);
    t.match(message, `lab could not be reached at ${ORIGIN}: `);
  }
  t.equal(told('ECONNRESET', true).code, 'upstream_refused', 'any other where no connection had been made');
  t.end();
});

t.test('a lost connection and one that brought no HTTP are different failures', (t) => {
  t.match(told('ECONNRESET'), { code: 'upstream_reset', message: /without an answer \(ECONNRESET\)/ });
  const alert = told('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
  t.match(alert, { code: 'upstream_reset' }, 'it wants a certificate of ours');
  t.match(told('HTTP1_MALFORMED'), { code: 'upstream_malformed', message: /not HTTP: of the system/ });
  t.end();
});

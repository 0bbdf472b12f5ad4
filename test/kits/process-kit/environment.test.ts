import t from 'tap';
import { minimalEnvironment } from '../../../kits/process-kit/environment.ts';

t.test('a program gets the proxy and trusted authorities, but no password and no key', (t) => {
  const trust = { SSL_CERT_FILE: '/ca.pem', NODE_EXTRA_CA_CERTS: '/ca.pem', REQUESTS_CA_BUNDLE: '/ca.pem' };
  const asIs = { ...trust, NO_PROXY: '127.0.0.1,.example.com', http_proxy: 'http://proxy:3128' };
  t.strictSame(minimalEnvironment({ ...asIs, OPENAI_API_KEY: 'k' }, 'linux'), asIs);
  for (const [given, known] of [
    ['http://me:secret@proxy:3128', 'http://proxy:3128'],
    ['http://me:se/cr@t@proxy:3128/', 'http://proxy:3128/'],
    ['me:secret@proxy:3128', 'proxy:3128'],
    ['socks5h://me@[::1]:1080', 'socks5h://[::1]:1080'],
  ] as const)
    t.strictSame(minimalEnvironment({ HTTPS_PROXY: given }, 'linux'), { HTTPS_PROXY: known });
  t.end();
});

t.test('on Windows variable names have no case, and more of them are needed', (t) => {
  const env = { Path: 'p', SystemRoot: 's', OPENAI_API_KEY: 'k', path: undefined };
  t.strictSame(minimalEnvironment(env, 'win32'), { Path: 'p', SystemRoot: 's' });
  t.strictSame(minimalEnvironment({ PATH: 'p', Path: 'q', HOME: 'h' }, 'linux'), { PATH: 'p', HOME: 'h' });
  t.end();
});

import t, { type Test } from 'tap';
import { openLab } from '../../../lab.ts';
import { CLIENT, startOidcProvider, type OidcProvider } from '../../../oidc-provider.ts';
import type { Answer, Switchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';

async function opened(t: Test, more = {}): Promise<{ provider: OidcProvider; switchyard: Switchyard }> {
  const provider = await startOidcProvider(t);
  const oidc = {
    issuer: provider.issuer,
    ...CLIENT,
    admins: ['ops'],
    viewers: ['team'],
    label: 'Example',
    ...more,
  };
  const { switchyard } = await openLab(t, { config: { home: testFolder(t), auth: { signIn: { oidc } } } });
  return { provider, switchyard };
}

const cookiesOf = ({ headers }: Answer): string =>
  [headers['set-cookie'] ?? '']
    .flat()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');

/** As a browser goes: to the gateway, to the provider, and back by its redirect. */
async function browse({ url, ask }: Switchyard): Promise<Answer> {
  const begun = await ask('/session/oidc');
  t.equal(begun.status, 302, begun.text);
  const back = await fetch(String(begun.headers.location), { redirect: 'manual' });
  const location = String(back.headers.get('location'));
  t.ok(location.startsWith(`${url}/session/oidc/callback?`));
  return ask(location.slice(url.length), {
    headers: {
      cookie: cookiesOf(begun),
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    },
  });
}

t.test('a person of the provider signs in with the role that a claim gives', async (t) => {
  const { provider, switchyard } = await opened(t);
  t.match((await switchyard.ask('/session')).json(), { signIn: { password: false, oidc: 'Example' } });
  t.equal((await switchyard.ask('/providers')).status, 401);

  provider.claims = { sub: '1', email: 'ada@example.com', groups: ['staff', 'ops'] };
  const admin = await browse(switchyard);
  t.equal(admin.status, 302);
  t.equal(admin.headers.location, '../../');
  const headers = {
    cookie: cookiesOf(admin),
    origin: switchyard.url,
    'sec-fetch-site': 'same-origin',
    'x-switchyard-session': '1',
  };
  t.match((await switchyard.ask('/session', { headers })).json(), {
    session: { name: 'ada@example.com', role: 'admin' },
  });
  t.equal((await switchyard.ask('/keys', { headers, body: { name: 'root', role: 'admin' } })).status, 200);

  provider.claims = { sub: '2', name: 'Grace', groups: 'team' };
  const viewer = { ...headers, cookie: cookiesOf(await browse(switchyard)) };
  t.equal((await switchyard.ask('/providers', { headers: viewer })).status, 200);
  t.match((await switchyard.ask('/access', { headers: viewer })).json(), { key: 'Grace', role: 'viewer' });
  const refused = await switchyard.ask('/keys', { headers: viewer, body: { name: 'other', role: 'admin' } });
  t.match(refused.json().error, { code: 'role_not_allowed', message: /'Grace' is a viewer/ });
  t.equal((await switchyard.chat({}, { headers: viewer })).status, 403);

  provider.claims = { sub: '3', email: 'eve@example.com', groups: ['others'] };
  const none = await browse(switchyard);
  t.equal(none.json().error.code, 'sign_in_failed');
  t.notMatch(cookiesOf(none), /switchyard=\w/);
});

t.test('a claim inside others, and an address that is not verified', async (t) => {
  const nested = await opened(t, { claim: 'realm_access.roles' });
  nested.provider.claims = { sub: '1', realm_access: { roles: ['ops'] } };
  t.equal((await browse(nested.switchyard)).status, 302);
  const byEmail = await opened(t, { claim: 'email', admins: ['ada@example.com'] });
  for (const email_verified of [false, 'false']) {
    byEmail.provider.claims = { sub: '1', email: 'ada@example.com', email_verified };
    t.equal((await browse(byEmail.switchyard)).status, 403);
  }
  byEmail.provider.claims = { sub: '1', email: 'ada@example.com', email_verified: true };
  t.equal((await browse(byEmail.switchyard)).status, 302);
});

t.test('an answer that is forged, or was not asked for in this browser, is refused', async (t) => {
  const { provider, switchyard } = await opened(t);
  provider.claims = { sub: '1', groups: ['ops'] };
  for (const fault of ['nonce', 'signature', 'audience'] as const) {
    provider.fault = fault;
    const answer = await browse(switchyard);
    t.equal(answer.json().error.code, 'sign_in_failed', fault);
  }
  provider.fault = undefined;
  const begun = await switchyard.ask('/session/oidc');
  const back = await fetch(String(begun.headers.location), { redirect: 'manual' });
  const path = String(back.headers.get('location')).slice(switchyard.url.length);
  t.equal((await switchyard.ask(path)).json().error.code, 'sign_in_failed', 'without the cookie');
  const headers = { cookie: cookiesOf(begun) };
  t.equal((await switchyard.ask(path, { headers })).status, 302);
  t.equal((await switchyard.ask(path, { headers })).json().error.code, 'sign_in_failed', 'a second time');
  t.ok(provider.grants.every((grant) => (grant.get('code_verifier') ?? '').length >= 43));
});

t.test('a provider that is down is reported, and asked again later', async (t) => {
  const { switchyard } = await openLab(t, {
    config: { auth: { signIn: { oidc: { issuer: 'http://127.0.0.1:9', clientId: 'x', admins: ['*'] } } } },
  });
  const answer = await switchyard.ask('/session/oidc');
  t.equal(answer.status, 403);
  t.match(answer.json().error.message, /127\.0\.0\.1:9 could not be asked/);
});

/** Profiles of single sign-on: the login that AWS's own command has left is used, and renewed. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { testFolder } from '../../../test-folder.ts';
import { open, SECRETS, serve } from './asked-keys.ts';

const START = 'https://example.awsapps.com/start';
const SESSION = ['[sso-session team]', `sso_start_url = ${START}`, 'sso_region = eu-west-1'];
const ROLE = ['sso_account_id = 123456789012', 'sso_role_name = Dev'];
const cacheName = (name: string): string => `${createHash('sha1').update(name).digest('hex')}.json`;
const LATER = '2999-01-01T00:00:00Z';
const BEFORE = '2020-01-01T00:00:00Z';

async function openWith(t: Test, lines: readonly string[], logins: Readonly<Record<string, object>>) {
  const asked: string[] = [];
  const url = await serve(t, {
    '/federation/credentials': (headers, _method, { url: path }) => {
      const token = headers['x-amz-sso_bearer_token'];
      asked.push(`${path} ${String(token)}`);
      if (!String(token).startsWith('good')) return undefined;
      const given = {
        accessKeyId: 'ROLEKEY',
        secretAccessKey: SECRETS.ROLEKEY,
        sessionToken: `by ${String(token)}`,
        expiration: Date.parse(LATER),
      };
      return JSON.stringify({ roleCredentials: given });
    },
    '/token': (_headers, method, { sent }) => {
      const said = JSON.parse(sent.toString()) as Record<string, string>;
      const isRight =
        method === 'POST' && said.grantType === 'refresh_token' && said.refreshToken === 'refresh-1';
      if (!isRight || said.clientId !== 'id' || said.clientSecret !== 'secret') return undefined;
      return JSON.stringify({ accessToken: 'good-new', refreshToken: 'refresh-2', expiresIn: 3_600 });
    },
  });
  const cache = Object.fromEntries(
    Object.entries(logins).map(([name, login]) => [cacheName(name), JSON.stringify(login)]),
  );
  const config = lines.join('\n');
  const folder = testFolder(t, { home: { '.aws': { config, sso: { cache } } } });
  const env = {
    HOME: join(folder, 'home'),
    AWS_PROFILE: 'work',
    AWS_ENDPOINT_URL_SSO: url,
    AWS_ENDPOINT_URL_SSO_OIDC: url,
  };
  const { keyOf } = await open(t, { env });
  const kept = (name: string): unknown =>
    JSON.parse(readFileSync(join(folder, 'home', '.aws', 'sso', 'cache', cacheName(name)), 'utf8'));
  return { keyOf, asked, kept };
}

t.test('a login gives the credentials of the profile’s role', async (t) => {
  const login = { accessToken: 'good', expiresAt: LATER };
  const bySession = await openWith(t, [...SESSION, '[profile work]', 'sso_session = team', ...ROLE], {
    team: login,
  });
  t.equal(await bySession.keyOf(), 'ROLEKEY by good');
  t.strictSame(bySession.asked, ['/federation/credentials?role_name=Dev&account_id=123456789012 good']);
  const old = ['[profile work]', `sso_start_url = ${START}`, 'sso_region = eu-west-1', ...ROLE];
  t.equal(await (await openWith(t, old, { [START]: login })).keyOf(), 'ROLEKEY by good');
});

t.test('a login that has ended is renewed, and kept for AWS’s own tools', async (t) => {
  const login = {
    accessToken: 'old',
    expiresAt: BEFORE,
    refreshToken: 'refresh-1',
    clientId: 'id',
    clientSecret: 'secret',
    region: 'eu-west-1',
  };
  const lines = [...SESSION, '[profile work]', 'sso_session = team', ...ROLE];
  const { keyOf, kept } = await openWith(t, lines, { team: login });
  t.equal(await keyOf(), 'ROLEKEY by good-new');
  t.match(kept('team'), {
    accessToken: 'good-new',
    refreshToken: 'refresh-2',
    clientId: 'id',
    region: 'eu-west-1',
    expiresAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  });
});

t.test('without a login that holds, the error says how to log in', async (t) => {
  const lines = [...SESSION, '[profile work]', 'sso_session = team', ...ROLE];
  t.match(await (await openWith(t, lines, {})).keyOf(), /no login.*`aws sso login --profile work`/);
  const ended = { accessToken: 'old', expiresAt: BEFORE };
  t.match(await (await openWith(t, lines, { team: ended })).keyOf(), /has ended.*`aws sso login/);
  const lost = ['[profile work]', 'sso_session = none', ...ROLE];
  t.match(await (await openWith(t, lost, {})).keyOf(), /no sso_start_url and sso_region/);
});

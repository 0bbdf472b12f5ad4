import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../kits/provider-kit/index.ts';
import { ask } from './ask.ts';
import type { Credentials } from './credentials.ts';
import { awsFolder, ssoSession, type Section } from './files.ts';

type Env = Host['env'];

/** What `aws sso login` has left on this machine. */
interface Login {
  readonly accessToken?: string;
  readonly expiresAt?: string;
  readonly refreshToken?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

interface Given {
  readonly roleCredentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    /** ms since 1970 */
    readonly expiration: number;
  };
}

interface Renewed {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** seconds */
  readonly expiresIn: number;
}

const FROM = 'AWS single sign-on';
/** A login is renewed this many ms before it ends. */
const EARLY = 60_000;

/** The role of a profile, by the login of the user. @throws Error where there is none, or it has ended */
export async function singleSignOn(
  env: Env,
  profile: Section,
  name: string,
  date: () => number,
): Promise<Credentials> {
  const { sso_session: session, sso_account_id: account = '', sso_role_name: role = '' } = profile;
  const { sso_start_url: start, sso_region: region } =
    (session === undefined ? profile : ssoSession(env, session)) ?? {};
  if (start === undefined || region === undefined)
    throw new Error(
      `the AWS profile '${name}' has no sso_start_url and sso_region, or its sso_session has none`,
    );
  const file = `${createHash('sha1')
    .update(session ?? start)
    .digest('hex')}.json`;
  const token = await tokenIn(join(awsFolder(env), 'sso', 'cache', file), { env, name, region, date });
  const service = env.AWS_ENDPOINT_URL_SSO ?? `https://portal.sso.${region}.amazonaws.com`;
  const query = new URLSearchParams({ role_name: role, account_id: account });
  const headers = { 'x-amz-sso_bearer_token': token };
  const text = await ask(`${service}/federation/credentials?${query}`, { headers, from: FROM });
  const { roleCredentials: given } = JSON.parse(text) as Given;
  if (!given) throw new Error(`${FROM} gave no credentials`);
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = given;
  return { accessKeyId, secretAccessKey, sessionToken, endsEpochMs: expiration };
}

interface Asking {
  readonly env: Env;
  readonly name: string;
  readonly region: string;
  readonly date: () => number;
}

async function tokenIn(file: string, { env, name, region, date }: Asking): Promise<string> {
  const logIn = `: run \`aws sso login --profile ${name}\``;
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`there is no login for the AWS profile '${name}'${logIn}`);
  });
  const login = JSON.parse(text) as Login;
  const left = Date.parse(login.expiresAt ?? '') - date();
  if (login.accessToken && left > EARLY) return login.accessToken;
  const renewed = await renew(env, region, login).catch(() => undefined);
  if (renewed) {
    const expiresAt = new Date(date() + renewed.expiresIn * 1_000).toISOString().replace(/\.\d+/, '');
    // Where nothing can be written, it is good until it ends.
    await keep(file, { ...login, ...said(renewed), expiresAt }).catch(() => undefined);
    return renewed.accessToken;
  }
  if (login.accessToken && left > 0) return login.accessToken;
  throw new Error(`the login for the AWS profile '${name}' has ended${logIn}`);
}

/** undefined: it cannot be renewed */
async function renew(env: Env, region: string, login: Login): Promise<Renewed | undefined> {
  const { clientId, clientSecret, refreshToken } = login;
  if (!clientId || !clientSecret || !refreshToken) return undefined;
  const service = env.AWS_ENDPOINT_URL_SSO_OIDC ?? `https://oidc.${region}.amazonaws.com`;
  const body = JSON.stringify({ clientId, clientSecret, refreshToken, grantType: 'refresh_token' });
  const headers = { 'content-type': 'application/json' };
  return JSON.parse(await ask(`${service}/token`, { method: 'POST', headers, body, from: FROM })) as Renewed;
}

const said = ({ accessToken, refreshToken }: Renewed): Login => ({
  accessToken,
  ...(refreshToken !== undefined && { refreshToken }),
});

/** AWS's own tools read it again: the old one renews nothing any more. */
async function keep(file: string, login: Login): Promise<void> {
  const beside = `${file}.${process.pid}`;
  await writeFile(beside, JSON.stringify(login), { mode: 0o600 });
  await rename(beside, file);
}

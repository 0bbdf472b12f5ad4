import { readFile } from 'node:fs/promises';
import type { Host } from '../../../kits/provider-kit/index.ts';
import { signatureOf } from '../signature.ts';
import { ask } from './ask.ts';
import { readWritten, type Credentials } from './credentials.ts';

type Env = Host['env'];

/** A role to be taken by AWS's security token service. */
interface Wish {
  readonly role: string;
  /** how the session is called in AWS's logs */
  readonly session: string | undefined;
  readonly region: string | undefined;
}

interface Assumed {
  readonly Credentials?: {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly SessionToken: string;
    /** seconds since 1970 */
    readonly Expiration: number;
  };
}

const FROM = "AWS's security token service";
const USUAL_REGION = 'us-east-1';

/** With other credentials, which sign the request. */
export async function roleOf(
  env: Env,
  wish: Wish & {
    readonly externalId: string | undefined;
    readonly seconds: string | undefined;
    readonly by: Credentials;
  },
): Promise<Credentials> {
  const { externalId, seconds, by: credentials, region = USUAL_REGION } = wish;
  const [origin, path] = question(env, 'AssumeRole', wish, {
    ...(externalId !== undefined && { ExternalId: externalId }),
    ...(seconds !== undefined && { DurationSeconds: seconds }),
  });
  const unsigned = { origin, path, method: 'GET', headers: {}, body: undefined };
  const headers = await signatureOf(unsigned, { region, service: 'sts', credentials });
  return read(
    await ask(origin + path, { headers: { ...headers, ...JSON_ANSWER }, from: FROM }),
    'AssumeRole',
  );
}

/** With a token that is written into a file, as in a pod of Kubernetes: nothing is signed. */
export async function roleOfWebIdentity(
  env: Env,
  wish: Wish & { readonly file: string },
): Promise<Credentials> {
  const WebIdentityToken = (await readFile(wish.file, 'utf8')).trim();
  const [origin, path] = question(env, 'AssumeRoleWithWebIdentity', wish, { WebIdentityToken });
  return read(await ask(origin + path, { headers: JSON_ANSWER, from: FROM }), 'AssumeRoleWithWebIdentity');
}

const JSON_ANSWER = { accept: 'application/json' };

function question(
  env: Env,
  action: string,
  { role, session = 'switchyard', region = USUAL_REGION }: Wish,
  more: Readonly<Record<string, string>>,
): readonly [origin: string, path: string] {
  const given = { Action: action, Version: '2011-06-15', RoleArn: role, RoleSessionName: session, ...more };
  const query = Object.entries(given).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  const end = region.startsWith('cn-') ? '.cn' : '';
  const service = env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region}.amazonaws.com${end}`;
  return [new URL(service).origin, `/?${query.join('&')}`];
}

function read(text: string, action: string): Credentials {
  const said = JSON.parse(text) as Readonly<Record<string, Readonly<Record<string, Assumed>>>>;
  const given = said[`${action}Response`]?.[`${action}Result`]?.Credentials;
  const ends = given && { endsEpochMs: given.Expiration * 1_000 };
  return { ...readWritten({ ...given, Expiration: undefined } as object, FROM), ...ends };
}

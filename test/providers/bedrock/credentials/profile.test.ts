/** Profiles that take a role: with another profile's keys, with those of a place, or with a token in a file. */
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { testFolder } from '../../../test-folder.ts';
import { isSignatureRight } from '../../fake-bedrock.ts';
import { open, SECRETS, serve } from './asked-keys.ts';

const ROLE = 'arn:aws:iam::1:role/of work';

/** A security token service, and what it was asked by which key. */
async function startSts(t: Test, give: keyof typeof SECRETS = 'ROLEKEY') {
  const asked: Record<string, string>[] = [];
  const url = await serve(t, {
    '/': (headers, method, { url: path, sent }) => {
      const query = Object.fromEntries(new URLSearchParams(path.slice(2)));
      const [, by = 'nothing'] = /Credential=(\w+)/.exec(headers.authorization ?? '') ?? [];
      const isUnsigned = query.Action === 'AssumeRoleWithWebIdentity';
      if (!isUnsigned && !isSignatureRight({ method, path, headers, body: sent }, SECRETS, 'sts'))
        return undefined;
      asked.push({ ...query, by });
      const Credentials = {
        AccessKeyId: give,
        SecretAccessKey: SECRETS[give],
        SessionToken: `of ${by}`,
        Expiration: 4_000_000_000,
      };
      return JSON.stringify({
        [`${query.Action}Response`]: { [`${query.Action}Result`]: { Credentials } },
      });
    },
  });
  return { url, asked };
}

async function openWith(t: Test, lines: readonly string[], env: Record<string, string> = {}) {
  const sts = await startSts(t);
  const folder = testFolder(t, { config: lines.join('\n'), jwt: 'a.web.token\n' });
  const files = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_ENDPOINT_URL_STS: sts.url };
  const { keyOf } = await open(t, { env: { ...files, AWS_PROFILE: 'work', ...env } });
  return { keyOf, sts, folder };
}

const BASE = ['[profile base]', 'aws_access_key_id = FILEKEY', `aws_secret_access_key = ${SECRETS.FILEKEY}`];

t.test('a role is taken with the keys of source_profile', async (t) => {
  const { keyOf, sts } = await openWith(t, [
    ...BASE,
    '[profile work]',
    `role_arn = ${ROLE}`,
    'source_profile = base',
    'role_session_name = me',
    'external_id = a+b/c',
    'duration_seconds = 900',
  ]);
  t.equal(await keyOf(), 'ROLEKEY of FILEKEY');
  t.match(sts.asked, [
    {
      Action: 'AssumeRole',
      RoleArn: ROLE,
      RoleSessionName: 'me',
      ExternalId: 'a+b/c',
      DurationSeconds: '900',
      by: 'FILEKEY',
    },
  ]);
  t.equal(await keyOf(), 'ROLEKEY of FILEKEY');
  t.equal(sts.asked.length, 1, 'once for all requests');
});

t.test('a role is taken with a role, and with the keys of its own profile', async (t) => {
  const twice = await openWith(t, [
    ...BASE,
    '[profile middle]',
    'role_arn = middle',
    'source_profile = base',
    '[profile work]',
    `role_arn = ${ROLE}`,
    'source_profile = middle',
  ]);
  t.equal(await twice.keyOf(), 'ROLEKEY of ROLEKEY');
  t.match(twice.sts.asked, [
    { RoleArn: 'middle', by: 'FILEKEY' },
    { RoleArn: ROLE, by: 'ROLEKEY' },
  ]);
  const own = await openWith(t, [
    '[profile work]',
    ...BASE.slice(1),
    `role_arn = ${ROLE}`,
    'source_profile = work',
  ]);
  t.equal(await own.keyOf(), 'ROLEKEY of FILEKEY');
});

t.test('a role is taken with the credentials of a place', async (t) => {
  const lines = ['[profile work]', `role_arn = ${ROLE}`, 'credential_source = Environment'];
  const keys = { AWS_ACCESS_KEY_ID: 'ENVKEY', AWS_SECRET_ACCESS_KEY: SECRETS.ENVKEY };
  const sts = await startSts(t);
  const folder = testFolder(t, { config: lines.join('\n') });
  const env = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_ENDPOINT_URL_STS: sts.url, ...keys };
  const { keyOf } = await open(t, { env, provider: { profile: 'work' } });
  t.equal(await keyOf(), 'ROLEKEY of ENVKEY');
});

t.test('a role is taken with a token in a file', async (t) => {
  const folder = testFolder(t, { jwt: 'a.web.token\n' });
  const { keyOf, sts } = await openWith(t, [
    '[profile work]',
    `role_arn = ${ROLE}`,
    `web_identity_token_file = ${join(folder, 'jwt')}`,
  ]);
  t.equal(await keyOf(), 'ROLEKEY of nothing');
  t.match(sts.asked, [{ Action: 'AssumeRoleWithWebIdentity', WebIdentityToken: 'a.web.token' }]);
});

t.test('what is missing or wrong in a profile is said', async (t) => {
  for (const [lines, message] of [
    [['source_profile = work2', '[profile work2]', 'role_arn = x', 'source_profile = work'], /in a circle/],
    [['source_profile = none'], /there is no AWS profile 'none'/],
    [['source_profile = empty', '[profile empty]', 'region = x'], /'empty', the source of 'work', has no/],
    [[], /no source_profile and no credential_source/],
    [['credential_source = Moon'], /credential_source that is one of Environment, EcsContainer/],
    [['credential_source = Environment'], /'Environment' of the AWS profile 'work' has no credentials/],
  ] as const) {
    const { keyOf } = await openWith(t, ['[profile work]', `role_arn = ${ROLE}`, ...lines]);
    t.match(await keyOf(), message);
  }
  const { keyOf } = await openWith(t, [
    '[profile base]',
    'aws_access_key_id = OTHER',
    'aws_secret_access_key = x',
    '[profile work]',
    `role_arn = ${ROLE}`,
    'source_profile = base',
  ]);
  t.match(await keyOf(), /security token service answered 401/);
});

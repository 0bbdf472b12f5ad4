import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { testFolder } from '../../../test-folder.ts';
import { HELLO, open, SECRETS, serve, written } from './asked-keys.ts';

t.test('credentials of the environment come before those of the default profile', async (t) => {
  const env = { AWS_ACCESS_KEY_ID: 'ENVKEY', AWS_SECRET_ACCESS_KEY: SECRETS.ENVKEY, AWS_SESSION_TOKEN: 's' };
  const folder = testFolder(t, { home: { '.aws': {} } });
  const { keyOf } = await open(t, { env });
  writeFileSync(
    join(folder, 'home', '.aws', 'credentials'),
    `[default]\naws_access_key_id = FILEKEY\naws_secret_access_key = x\n`,
  );
  t.equal(await keyOf(), 'ENVKEY s');
});

t.test('a profile of the credentials file, or of the config file, is read', async (t) => {
  const given = testFolder(t, {
    credentials: `# a note\n[work]\naws_access_key_id=FILEKEY\naws_secret_access_key = ${SECRETS.FILEKEY}\n`,
    config: `[profile work]\nregion = eu-west-1\n[profile other]\naws_access_key_id = ROLEKEY\naws_secret_access_key = ${SECRETS.ROLEKEY}\naws_session_token = t\n`,
  });
  const files = {
    AWS_SHARED_CREDENTIALS_FILE: join(given, 'credentials'),
    AWS_CONFIG_FILE: join(given, 'config'),
  };
  const byName = await open(t, { env: { ...files, AWS_PROFILE: 'work' } });
  t.equal(await byName.keyOf(), 'FILEKEY');
  const environment = { AWS_ACCESS_KEY_ID: 'ENVKEY', AWS_SECRET_ACCESS_KEY: SECRETS.ENVKEY };
  const byConfig = await open(t, { env: { ...files, ...environment }, provider: { profile: 'other' } });
  t.equal(
    await byConfig.keyOf(),
    'ROLEKEY t',
    'a profile that the config names comes before the environment',
  );
  const region = await open(t, {
    env: { ...files, AWS_PROFILE: 'work', AWS_REGION: '' },
    provider: { region: undefined },
  });
  t.match(await region.keyOf(), /FILEKEY/);
  t.match(
    region.bedrock.asked[0]?.headers.authorization,
    /\/eu-west-1\/bedrock\//,
    "the region is the profile's",
  );
  const missing = await open(t, { env: { ...files, AWS_PROFILE: 'none' } });
  t.match(await missing.keyOf(), /there is no AWS profile 'none'/);
});

t.test("a profile's program gives them, and a profile that needs AWS's own tools says so", async (t) => {
  const given = testFolder(t, {});
  const program = join(given, 'give.sh');
  writeFileSync(program, `#!/bin/sh\necho '${written('FILEKEY', '2999-01-01T00:00:00Z')}'\n`);
  chmodSync(program, 0o755);
  const config = join(given, 'config');
  writeFileSync(
    config,
    `[default]\ncredential_process = ${program} --with "an argument"\n[profile mfa]\nmfa_serial = x\n[profile web]\nlogin_session = y\n`,
  );
  const { keyOf } = await open(t, { env: { AWS_CONFIG_FILE: config } });
  t.equal(await keyOf(), 'FILEKEY token-of-FILEKEY');
  const mfa = await open(t, { env: { AWS_CONFIG_FILE: config, AWS_PROFILE: 'mfa' } });
  t.match(
    await mfa.keyOf(),
    /profile 'mfa' has mfa_serial.*sts get-caller-identity --profile mfa.*credential_process/,
  );
  const web = await open(t, { env: { AWS_CONFIG_FILE: config, AWS_PROFILE: 'web' } });
  t.match(await web.keyOf(), /profile 'web' has login_session.*aws login --profile web.*credential_process/);
});

t.test('a container gets them from the address that it is given', async (t) => {
  const token = 'the-token';
  const url = await serve(t, {
    '/creds': ({ authorization }) =>
      authorization === token ? written('ROLEKEY', '2999-01-01T00:00:00Z') : undefined,
  });
  const folder = testFolder(t, { token: `${token}\n` });
  const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/creds` };
  const byValue = await open(t, { env: { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN: token } });
  t.equal(await byValue.keyOf(), 'ROLEKEY token-of-ROLEKEY');
  const byFile = await open(t, {
    env: { ...env, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: join(folder, 'token') },
  });
  t.equal(await byFile.keyOf(), 'ROLEKEY token-of-ROLEKEY');
  const refused = await open(t, { env });
  t.match(await refused.keyOf(), /the container's credential service answered 401/);
  const away = await open(t, { env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://203.0.113.9/creds' } });
  t.match(await away.keyOf(), /must be https, or on this machine/);
});

t.test('an instance gets those of its role, by a token (IMDSv2)', async (t) => {
  const roles = '/latest/meta-data/iam/security-credentials/';
  const isToken = (headers: Record<string, unknown>) => headers['x-aws-ec2-metadata-token'] === 'imds-token';
  const url = await serve(t, {
    '/latest/api/token': (headers, method) =>
      method === 'PUT' && headers['x-aws-ec2-metadata-token-ttl-seconds'] ? 'imds-token' : undefined,
    [roles]: (headers) => (isToken(headers) ? 'my-role' : undefined),
    [`${roles}my-role`]: (headers) =>
      isToken(headers) ? written('ROLEKEY', '2999-01-01T00:00:00Z') : undefined,
  });
  const { keyOf } = await open(t, {
    env: { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: url },
  });
  t.equal(await keyOf(), 'ROLEKEY token-of-ROLEKEY');
});

t.test('a pod takes its role with the token in its file', async (t) => {
  const folder = testFolder(t, { jwt: 'a.web.token\n' });
  const given = {
    AccessKeyId: 'ROLEKEY',
    SecretAccessKey: SECRETS.ROLEKEY,
    SessionToken: 's',
    Expiration: 4_000_000_000,
  };
  const result = {
    AssumeRoleWithWebIdentityResponse: { AssumeRoleWithWebIdentityResult: { Credentials: given } },
  };
  const url = await serve(t, { '/': () => JSON.stringify(result) });
  const env = {
    AWS_ROLE_ARN: 'arn:aws:iam::1:role/r',
    AWS_WEB_IDENTITY_TOKEN_FILE: join(folder, 'jwt'),
    AWS_ENDPOINT_URL_STS: url,
  };
  t.equal(await (await open(t, { env })).keyOf(), 'ROLEKEY s');
});

t.test(
  'they are renewed before they end, once for all, and after a refusal that says that they have ended',
  async (t) => {
    let [now, asked] = [Date.parse('2026-01-01T00:00:00Z'), 0];
    const ends = '2026-01-01T01:00:00Z';
    const url = await serve(t, {
      '/creds': () => (++asked === 1 ? written('ROLEKEY', ends) : written('NEWKEY', '2026-01-01T03:00:00Z')),
    });
    const env = { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/creds` };
    const { keyOf, bedrock } = await open(t, { env, date: () => now });
    await Promise.all([keyOf(), keyOf(), keyOf()]);
    t.equal(asked, 1, 'asked once');
    now = Date.parse('2026-01-01T00:56:00Z');
    t.equal(await keyOf(), 'ROLEKEY token-of-ROLEKEY', 'no request waits while the old ones are good');
    while ((await keyOf()) !== 'NEWKEY token-of-NEWKEY') await new Promise(setImmediate);
    t.equal(asked, 2);
    bedrock.say(
      {
        status: 403,
        json: { message: 'The security token included in the request is expired' },
        type: 'ExpiredTokenException',
      },
      HELLO,
    );
    t.equal(await keyOf(), 'NEWKEY token-of-NEWKEY');
    t.equal(asked, 3);
  },
);

t.test('where there are none the error says what to give, and a region is needed', async (t) => {
  const none = await open(t, {});
  t.match(await none.keyOf(), /there are no AWS credentials: set AWS_ACCESS_KEY_ID/);
  const nowhere = await open(t, { env: { AWS_REGION: '' } });
  t.match(await nowhere.keyOf(), /set providers\.bedrock\.region, or AWS_REGION/);
});

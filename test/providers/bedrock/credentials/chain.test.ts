import { chmodSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { startSwitchyard } from '../../../switchyard.ts';
import { testFolder } from '../../../test-folder.ts';
import { startBedrock } from '../../fake-bedrock.ts';

/** Secrets by key id, as the fake server knows them. */
const SECRETS = {
  ENVKEY: 'env/secret',
  FILEKEY: 'file/secret',
  ROLEKEY: 'role/secret',
  NEWKEY: 'new/secret',
};
const HELLO = {
  json: {
    output: { message: { role: 'assistant', content: [{ text: 'Hello' }] } },
    stopReason: 'end_turn',
    usage: {},
  },
};
const written = (id: keyof typeof SECRETS, ends: string) =>
  JSON.stringify({
    AccessKeyId: id,
    SecretAccessKey: SECRETS[id],
    Token: `token-of-${id}`,
    Expiration: ends,
  });
/** Nothing answers at the address of an instance's service on this machine. */
const NOWHERE = { AWS_EC2_METADATA_DISABLED: 'true', AWS_REGION: 'us-east-2' };

interface Given {
  readonly env?: Record<string, string>;
  readonly provider?: Record<string, unknown>;
  readonly date?: () => number;
}

async function open(t: Test, { env = {}, provider = {}, date }: Given) {
  const bedrock = await startBedrock(t, SECRETS);
  bedrock.say(HELLO);
  const home = join(t.testdirName, 'home');
  const own = { baseUrl: bedrock.url, models: { c: 'claude' }, ...provider };
  const switchyard = await startSwitchyard(
    t,
    { providers: { bedrock: own } },
    { env: { HOME: home, ...NOWHERE, ...env }, ...(date && { date }) },
  );
  const keyOf = async (): Promise<string> => {
    const answer = await switchyard.chat({ model: 'c' });
    if (answer.status !== 200) return answer.json().error.message;
    const { isSigned, headers } = bedrock.asked.at(-1)!;
    t.ok(isSigned);
    return `${/Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]} ${headers['x-amz-security-token'] ?? ''}`.trim();
  };
  return { bedrock, keyOf };
}

/** A service of credentials on this machine. */
async function serve(
  t: Test,
  answers: Record<string, (headers: Record<string, unknown>, method: string) => string | undefined>,
) {
  const server = createServer(({ url = '', headers, method = '' }, response) => {
    const body = answers[url.split('?')[0] ?? '']?.(headers, method);
    response.writeHead(body === undefined ? 401 : 200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => (server.closeAllConnections(), server.close()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

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
    `[default]\ncredential_process = ${program} --with "an argument"\n[profile sso]\nsso_session = x\n`,
  );
  const { keyOf } = await open(t, { env: { AWS_CONFIG_FILE: config } });
  t.equal(await keyOf(), 'FILEKEY token-of-FILEKEY');
  const sso = await open(t, { env: { AWS_CONFIG_FILE: config, AWS_PROFILE: 'sso' } });
  t.match(await sso.keyOf(), /profile 'sso' has sso_session.*credential_process/);
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

import { readFile } from 'node:fs/promises';
import type { Host } from '../../../kits/provider-kit/index.ts';
import { ask } from './ask.ts';
import { readWritten, type Place } from './credentials.ts';

interface Assumed {
  readonly AssumeRoleWithWebIdentityResponse?: {
    readonly AssumeRoleWithWebIdentityResult?: {
      readonly Credentials?: {
        readonly AccessKeyId: string;
        readonly SecretAccessKey: string;
        readonly SessionToken: string;
        /** seconds since 1970 */
        readonly Expiration: number;
      };
    };
  };
}

/** The role of a pod in Kubernetes (IRSA), taken with the token that is written into a file. */
export const webIdentityPlace =
  (env: Host['env'], region: string | undefined): Place =>
  async () => {
    const [file, role] = [env.AWS_WEB_IDENTITY_TOKEN_FILE, env.AWS_ROLE_ARN];
    if (file === undefined || role === undefined) return undefined;
    const query = new URLSearchParams({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: role,
      RoleSessionName: env.AWS_ROLE_SESSION_NAME ?? 'switchyard',
      WebIdentityToken: (await readFile(file, 'utf8')).trim(),
    });
    const service = env.AWS_ENDPOINT_URL_STS ?? `https://sts.${region ?? 'us-east-1'}.amazonaws.com`;
    const from = "AWS's security token service";
    const text = await ask(`${service}/?${query}`, { headers: { accept: 'application/json' }, from });
    const { AssumeRoleWithWebIdentityResponse: said } = JSON.parse(text) as Assumed;
    const given = said?.AssumeRoleWithWebIdentityResult?.Credentials;
    const ends = given && { endsEpochMs: given.Expiration * 1_000 };
    return { ...readWritten({ ...given, Expiration: undefined } as object, from), ...ends };
  };

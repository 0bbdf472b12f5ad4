import type { Host } from '../../../kits/provider-kit/index.ts';
import { ask } from './ask.ts';
import { readWritten, type Place, type Written } from './credentials.ts';

const SERVICE = 'http://169.254.169.254';
const ROLES = '/latest/meta-data/iam/security-credentials/';
/** seconds that the token for these questions is good for */
const TOKEN_LASTS = '21600';

/** The role of an EC2 instance, by its metadata service (IMDSv2). */
export const instancePlace =
  (env: Host['env']): Place =>
  async () => {
    if (env.AWS_EC2_METADATA_DISABLED === 'true') return undefined;
    const service = env.AWS_EC2_METADATA_SERVICE_ENDPOINT ?? SERVICE;
    const at = (path: string): string => new URL(path, service).href;
    const from = "the instance's metadata service";
    const lasts = { 'x-aws-ec2-metadata-token-ttl-seconds': TOKEN_LASTS };
    // On a machine that is none of AWS's nothing answers there.
    const token = await ask(at('/latest/api/token'), { method: 'PUT', headers: lasts, from }).catch(
      () => undefined,
    );
    if (token === undefined) return undefined;
    const headers = { 'x-aws-ec2-metadata-token': token };
    const [role = ''] = (await ask(at(ROLES), { headers, from })).split('\n');
    const written = await ask(at(ROLES + encodeURIComponent(role.trim())), { headers, from });
    return readWritten(JSON.parse(written) as Written, from);
  };

import { readFile } from 'node:fs/promises';
import type { Host } from '../../../kits/provider-kit/index.ts';
import { ask } from './ask.ts';
import { readWritten, type Place, type Written } from './credentials.ts';

const SERVICE = 'http://169.254.170.2';
/** Where an address without TLS may be: this machine, and the services of ECS and EKS. */
const NEAR = /^(?:127\.\d+\.\d+\.\d+|localhost|\[::1\]|169\.254\.170\.(?:2|23)|\[fd00:ec2::23\])$/;

/** ECS, EKS Pod Identity and others name an address that gives a container its credentials. */
export const containerPlace =
  (env: Host['env']): Place =>
  async () => {
    const [relative, full] = [
      env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI,
      env.AWS_CONTAINER_CREDENTIALS_FULL_URI,
    ];
    if (relative === undefined && full === undefined) return undefined;
    const url = new URL(relative ?? full ?? '', SERVICE);
    if (url.protocol !== 'https:' && !NEAR.test(url.hostname))
      throw new Error(`AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or on this machine: ${url.origin}`);
    // The file is written again when the token in it ends.
    const file = env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
    const token = file === undefined ? env.AWS_CONTAINER_AUTHORIZATION_TOKEN : await readFile(file, 'utf8');
    const from = "the container's credential service";
    const headers = token === undefined ? {} : { authorization: token.trim() };
    return readWritten(JSON.parse(await ask(url.href, { headers, from })) as Written, from);
  };

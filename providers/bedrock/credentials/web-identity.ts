import type { Host } from '../../../kits/provider-kit/index.ts';
import type { Place } from './credentials.ts';
import { roleOfWebIdentity } from './role.ts';

/** The role of a pod in Kubernetes (IRSA), taken with the token that is written into a file. */
export const webIdentityPlace =
  (env: Host['env'], region: string | undefined): Place =>
  () => {
    const [file, role] = [env.AWS_WEB_IDENTITY_TOKEN_FILE, env.AWS_ROLE_ARN];
    if (file === undefined || role === undefined) return undefined;
    return roleOfWebIdentity(env, { role, file, session: env.AWS_ROLE_SESSION_NAME, region });
  };

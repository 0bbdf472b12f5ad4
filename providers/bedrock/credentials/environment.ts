import type { Host } from '../../../kits/provider-kit/index.ts';
import type { Place } from './credentials.ts';

export const environmentPlace =
  (env: Host['env']): Place =>
  () => {
    const [accessKeyId, secretAccessKey] = [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY];
    return accessKeyId && secretAccessKey
      ? { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN }
      : undefined;
  };

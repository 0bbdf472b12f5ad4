import { readFileSync } from 'node:fs';
import { GatewayError } from '../../core/errors.ts';
import type { Host } from '../../kits/provider-kit/index.ts';

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
/** where Google's own library asks for a service account's token, whatever its file says */
const GOOGLE_TOKENS = 'https://oauth2.googleapis.com/token';

/** What is read of a file of credentials. */
export interface CredentialsFile {
  readonly type?: string;
  readonly project_id?: string;
  readonly client_email?: string;
  readonly private_key?: string;
  readonly private_key_id?: string;
  readonly token_uri?: string;
}

interface Given {
  readonly name: string;
  readonly credentials: string | undefined;
  readonly keyFile: string | undefined;
}

/** The credentials of the config or of the environment; undefined: what gcloud or the machine provides. */
export function credentialsIn(
  { credentials, keyFile, name }: Given,
  env: Host['env'],
): CredentialsFile | undefined {
  const file =
    keyFile ?? (credentials === undefined ? env.GOOGLE_APPLICATION_CREDENTIALS?.trim() : undefined);
  try {
    const text = credentials ?? (file ? readFileSync(file, 'utf8') : undefined);
    return text === undefined ? undefined : (JSON.parse(text) as CredentialsFile);
  } catch (error) {
    const named = keyFile === undefined ? 'GOOGLE_APPLICATION_CREDENTIALS' : `providers.${name}.keyFile`;
    const wrong =
      file === undefined
        ? `providers.${name}.credentials is not the JSON of a service account`
        : `'${file}', which ${named} names, ${error instanceof SyntaxError ? 'is not JSON' : `cannot be read: ${(error as Error).message}`}`;
    // Without its cause, which would show the beginning of a key.
    throw new GatewayError('config_invalid', wrong);
  }
}

type Library = typeof import('google-auth-library');

interface Client {
  getRequestHeaders(): Promise<Headers>;
}

/** Makes the header that authorizes a request: its token is renewed before it ends. Google's library loads with the first. */
export function tokens(
  credentials: CredentialsFile | undefined,
): () => Promise<Readonly<Record<string, string>>> {
  let client: Promise<Client> | undefined;
  return async () => {
    client ??= clientOf(credentials).catch((error: unknown) => {
      client = undefined;
      throw error;
    });
    const headers = await (await client).getRequestHeaders();
    return Object.fromEntries(headers);
  };
}

async function clientOf(credentials: CredentialsFile | undefined): Promise<Client> {
  const google = await import('google-auth-library');
  if (credentials?.type === 'service_account') return serviceAccount(google, credentials);
  const auth = new google.GoogleAuth({ scopes: SCOPE, ...(credentials && { credentials }) });
  return auth.getClient();
}

function serviceAccount({ gaxios, JWT }: Library, credentials: CredentialsFile): Client {
  const { client_email, private_key, private_key_id, token_uri: own } = credentials;
  const transporter = new gaxios.Gaxios();
  if (own !== undefined)
    transporter.interceptors.request.add({
      resolved: async (config) =>
        String(config.url) === GOOGLE_TOKENS ? { ...config, url: new URL(own) } : config,
    });
  return new JWT({
    ...(client_email !== undefined && { email: client_email }),
    ...(private_key !== undefined && { key: private_key }),
    ...(private_key_id !== undefined && { keyId: private_key_id }),
    scopes: [SCOPE],
    transporter,
  });
}

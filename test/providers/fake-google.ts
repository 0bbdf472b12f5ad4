/** Google's token endpoint, and Vertex AI beside it. */
import { generateKeyPairSync, verify } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Test } from 'tap';
import type { Parsed } from '../plugins/surfaces/openai/recorded.ts';
import { readRecording } from '../upstream/recordings.ts';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const FOLDER = '/v1/projects/p/locations/global/publishers/google';
export interface Google {
  readonly url: string;
  /** path and Authorization of each request to the API */
  readonly asked: (readonly [path: string, key: string | undefined])[];
  /** their bodies */
  readonly bodies: Parsed[];
  /** the claims of each request for a token */
  readonly claims: Parsed[];
  /** seconds that a token holds */
  holds: number;
}

/** @param more recordings, or answers, by method and path */
export async function startGoogle(
  t: Test,
  more: Readonly<Record<string, string | object>> = {},
): Promise<Google> {
  const google: Google = { url: '', asked: [], bodies: [], claims: [], holds: 3_600 };
  const answers: Record<string, (text: string) => object> = {
    'POST /token': (text) => {
      const [head = '', body = '', signature = ''] = new URLSearchParams(text).get('assertion')!.split('.');
      const isSigned = verify(
        'sha256',
        Buffer.from(`${head}.${body}`),
        publicKey,
        Buffer.from(signature, 'base64url'),
      );
      google.claims.push({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), isSigned });
      return {
        access_token: `token-${google.claims.length}`,
        expires_in: google.holds,
        token_type: 'Bearer',
      };
    },
    [`POST ${FOLDER}/models/gemini-own:generateContent`]: () =>
      JSON.parse(readRecording('google/google-text.json').body.toString()),
    'GET /v1beta1/publishers/google/models?pageSize=200': () => ({
      publisherModels: [{ name: 'publishers/google/models/gemini-own' }],
    }),
  };
  const server = createServer(async (request: IncomingMessage, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    const path = `${request.method} ${request.url}`;
    if (path !== 'POST /token') google.asked.push([path, request.headers.authorization]);
    if (path.startsWith('POST /v1')) google.bodies.push(JSON.parse(text));
    const file = more[path];
    if (typeof file === 'string') {
      const { body, headers } = readRecording(file);
      return response.writeHead(200, headers as Record<string, string>).end(body);
    }
    const made = file ?? answers[path]?.(text);
    response.writeHead(made ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(made ?? { error: { code: 404, message: path, status: 'NOT_FOUND' } }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.assign(google, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

export const account = (url: string): string =>
  JSON.stringify({
    type: 'service_account',
    project_id: 'p',
    client_email: 'gateway@p.iam.gserviceaccount.com',
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    token_uri: `${url}/token`,
  });

/** A small OpenID Connect provider on loopback: discovery, authorization code with PKCE, a signed ID token. */
import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';

export interface OidcProvider {
  readonly issuer: string;
  /** of the person who signs in next */
  claims: Record<string, unknown>;
  /** what is wrong with the next ID token */
  fault: 'nonce' | 'signature' | 'audience' | undefined;
  /** what it was asked at its token endpoint */
  readonly grants: URLSearchParams[];
}

export const CLIENT = { clientId: 'switchyard', clientSecret: 'the-client-secret' } as const;

export async function startOidcProvider(t: Test): Promise<OidcProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, URLSearchParams>();
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', issuer);
    const json = (status: number, body: unknown): void =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json(200, {
          issuer,
          authorization_endpoint: `${issuer}/authorize`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      case '/jwks':
        return json(200, {
          keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
        });
      case '/authorize': {
        const code = randomBytes(16).toString('hex');
        codes.set(code, url.searchParams);
        const back = new URL(url.searchParams.get('redirect_uri') as string);
        back.searchParams.set('code', code);
        back.searchParams.set('state', url.searchParams.get('state') as string);
        return void response.writeHead(302, { location: back.href }).end();
      }
      case '/token': {
        const grant = new URLSearchParams(await text(request));
        provider.grants.push(grant);
        const asked = codes.get(grant.get('code') ?? '');
        codes.delete(grant.get('code') ?? '');
        const challenge = createHash('sha256')
          .update(grant.get('code_verifier') ?? '')
          .digest('base64url');
        const isRight =
          asked !== undefined &&
          asked.get('code_challenge') === challenge &&
          asked.get('redirect_uri') === grant.get('redirect_uri') &&
          isClient(request, grant);
        if (!isRight) return json(400, { error: 'invalid_grant' });
        const now = Math.floor(Date.now() / 1000);
        const payload = {
          iss: issuer,
          aud: provider.fault === 'audience' ? 'another' : CLIENT.clientId,
          iat: now,
          exp: now + 60,
          nonce: provider.fault === 'nonce' ? 'another' : asked.get('nonce'),
          ...provider.claims,
        };
        const key = provider.fault === 'signature' ? other.privateKey : privateKey;
        const body = [{ alg: 'RS256', kid: 'one' }, payload]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.');
        const signature = createSign('RSA-SHA256').update(body).sign(key, 'base64url');
        return json(200, {
          access_token: 'a',
          token_type: 'Bearer',
          expires_in: 60,
          id_token: `${body}.${signature}`,
        });
      }
      default:
        return json(404, {});
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider: OidcProvider = { issuer, claims: { sub: '1' }, fault: undefined, grants: [] };
  return provider;
}

function isClient({ headers }: IncomingMessage, grant: URLSearchParams): boolean {
  const { clientId, clientSecret } = CLIENT;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  if (headers.authorization === `Basic ${basic}`) return true;
  return grant.get('client_id') === clientId && grant.get('client_secret') === clientSecret;
}

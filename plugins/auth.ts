import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { FeaturePlugin } from '../core/contracts.ts';
import { GatewayError } from '../core/errors.ts';

/** With `server.apiKeys` set, every caller must send one: as a Bearer token, `x-api-key` or `api-key`. */
export default {
  name: 'auth',
  after: ['guard'],
  options: { type: 'object', additionalProperties: false, properties: {} },
  create(_options, { app, config: { server } }) {
    const known = server.apiKeys.map(digest);
    if (known.length === 0) return;
    app.addHook('onRequest', async (request) => {
      // A browser asks before it sends a key.
      if (request.method === 'OPTIONS') return;
      const key = keyIn(request.headers);
      if (key === undefined) {
        throw new GatewayError(
          'missing_api_key',
          'this gateway asks for a key: send one of server.apiKeys as `Authorization: Bearer …`',
        );
      }
      const sent = digest(key);
      if (!known.some((one) => timingSafeEqual(one, sent))) {
        throw new GatewayError('wrong_api_key', 'the key that was sent is none of server.apiKeys');
      }
    });
  },
} satisfies FeaturePlugin;

function keyIn({
  authorization,
  'x-api-key': own,
  'api-key': azure,
}: IncomingHttpHeaders): string | undefined {
  const bearer = /^bearer\s+(\S+)$/i.exec(authorization ?? '')?.[1];
  const key = bearer ?? own ?? azure;
  return Array.isArray(key) ? key[0] : key;
}

/** Digests have one length, so comparing them tells nothing about the key. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

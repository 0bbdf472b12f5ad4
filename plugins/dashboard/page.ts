import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** Stands in the built page wherever the nonce of an answer belongs (`html.cspNonce` in web/vite.config.ts). */
const PLACE = '{nonce}';

/** Writes the page, each time with a nonce of its own. */
export function page(html: string): (reply: FastifyReply) => FastifyReply {
  return (reply) => {
    const nonce = randomBytes(16).toString('base64');
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-cache',
        'content-security-policy': policy(nonce),
        'cross-origin-opener-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
      })
      .send(html.replaceAll(PLACE, nonce));
  };
}

/**
 * Nothing from elsewhere and no code in the page. The nonce is for the styles that Radix writes; `data:` and `blob:`
 * are the pictures and sounds of answers, which come as bytes.
 */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data: blob:",
    "media-src 'self' data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

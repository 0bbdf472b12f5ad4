import type { FastifyReply, FastifyRequest } from 'fastify';

/** Browsers take a name with this prefix only over TLS, for one host and from that host itself. */
const NAMES = ['__Host-switchyard', 'switchyard'] as const;

/** The token in the session's cookie; undefined: there is none. */
export function tokenIn({ headers: { cookie } }: FastifyRequest): string | undefined {
  if (cookie === undefined) return undefined;
  return NAMES.map((name) => valueIn(cookie, name)).find((value) => value !== undefined);
}

export function valueIn(cookies: string, name: string): string | undefined {
  for (const pair of cookies.split(';')) {
    const [key, value] = pair.trim().split('=', 2);
    if (key === name && value) return value;
  }
  return undefined;
}

/** @param seconds 0: it is removed */
export function giveToken(reply: FastifyReply, token: string, seconds: number): void {
  const isSecure = comesByTls(reply.request);
  give(reply, isSecure ? NAMES[0] : NAMES[1], token, seconds, 'Strict');
}

export function dropToken(reply: FastifyReply): void {
  for (const name of NAMES) give(reply, name, '', 0, 'Strict');
}

export function give(
  reply: FastifyReply,
  name: string,
  value: string,
  seconds: number,
  sameSite: 'Strict' | 'Lax',
): void {
  const secure = comesByTls(reply.request) || name.startsWith('__Host-') ? '; Secure' : '';
  reply.header(
    'set-cookie',
    `${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${Math.floor(seconds)}${secure}`,
  );
}

/** The browser says so by its Origin, and a proxy in front by its header. */
export function comesByTls({ headers, protocol }: FastifyRequest): boolean {
  const { origin, 'x-forwarded-proto': forwarded } = headers;
  return (
    protocol === 'https' || origin?.startsWith('https:') === true || String(forwarded).startsWith('https')
  );
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { Unsent } from '../../../kits/feature-kit/answers.ts';
import { linkedRoute, openRoute, readObject } from '../../../kits/surface-kit/index.ts';
import type { SessionAnswer } from '../answers.ts';
import { comesByTls, dropToken, give, giveToken, tokenIn, valueIn } from './cookies.ts';
import { checkOrigin } from './same-origin.ts';
import type { Session } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

/** The cookie of a browser that has gone to the provider, and the seconds that it is kept. */
const GONE = 'switchyard-oidc';
const GONE_FOR = 600;

/** `/session`: how to sign in, signing in and out, and the session of a browser. */
export function sessionRoutes({ app, log }: Host, signIn: SignIn): void {
  const told = (session: Session | undefined): Unsent<SessionAnswer> => ({
    signIn: { password: signIn.hash !== undefined, oidc: signIn.options.oidc?.label ?? null },
    session: session
      ? { name: session.name, role: session.role, until: new Date(session.untilEpochMs).toISOString() }
      : null,
  });
  const begin = (reply: FastifyReply, person: Pick<Session, 'name' | 'role'>): string => {
    const token = signIn.sessions.begin(person, signIn.options);
    giveToken(reply, token, signIn.options.lasts / 1000);
    log.info(`${person.name} has signed in as ${person.role}`);
    return token;
  };

  app.get('/session', { config: openRoute }, (request, reply) => {
    reply.header('cache-control', 'no-store');
    return told(signIn.sessionOf(request));
  });

  app.post('/session', { config: openRoute }, async (request, reply) => {
    checkOrigin(request);
    const { password } = readObject(request);
    if (typeof password !== 'string' || password.length > 1_000)
      throw new GatewayError('invalid_request', "'password' must be a text", { param: 'password' });
    const token = begin(reply, await signIn.byPassword(request, password));
    return told(signIn.sessions.find(token, signIn.options));
  });

  app.delete('/session', { config: openRoute }, (request, reply) => {
    checkOrigin(request);
    const token = tokenIn(request);
    if (token !== undefined) signIn.sessions.end(token);
    dropToken(reply);
    return told(undefined);
  });

  app.get('/session/oidc', { config: openRoute }, async (request, reply) => {
    const { url, state } = await oidcOf(signIn).begin(redirectFor(request, signIn, app.prefix));
    // It must come with a link from the provider, so it is not strict.
    give(reply, GONE, state, GONE_FOR, 'Lax');
    return reply.header('cache-control', 'no-store').redirect(url.href, 302);
  });

  app.get('/session/oidc/callback', { config: linkedRoute }, async (request, reply) => {
    const state = valueIn(request.headers.cookie ?? '', GONE);
    begin(reply, await oidcOf(signIn).end(request.url.split('?')[1] ?? '', state));
    give(reply, GONE, '', 0, 'Lax');
    return reply.header('cache-control', 'no-store').redirect('../../', 302);
  });
}

function oidcOf({ oidc }: SignIn): NonNullable<SignIn['oidc']> {
  if (oidc) return oidc;
  throw new GatewayError('not_found', 'signing in by OpenID Connect is not set up: auth.signIn.oidc');
}

function redirectFor(request: FastifyRequest, { options }: SignIn, prefix: string): string {
  const own = `${comesByTls(request) ? 'https' : 'http'}://${request.headers.host}${prefix}/session/oidc/callback`;
  return options.oidc?.redirect ?? own;
}

import type * as OpenId from 'openid-client';
import { GatewayError } from '../../../core/errors.ts';
import type { OidcOptions } from './options.ts';
import { nameOf, roleOf, valuesAt, type Claims } from './role.ts';
import type { Session } from './sessions.ts';

/** ms that a person has to sign in there, and most that do so at once */
const WITHIN = 10 * 60_000;
const MOST = 1_000;

interface Begun {
  readonly verifier: string;
  readonly nonce: string;
  readonly redirect: string;
  readonly untilMs: number;
}

/** Signing in by an OpenID Connect provider: its package and its addresses are loaded with the first sign-in. */
export class Oidc {
  readonly #options: OidcOptions;
  readonly #now: () => number;
  readonly #begun = new Map<string, Begun>();
  #loaded: Promise<{ client: typeof OpenId; server: OpenId.Configuration }> | undefined;

  constructor(options: OidcOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** @returns the address for the browser, and the state that it must bring back */
  async begin(redirect: string): Promise<{ readonly url: URL; readonly state: string }> {
    const { client, server } = await this.#load();
    const [verifier, nonce, state] = [
      client.randomPKCECodeVerifier(),
      client.randomNonce(),
      client.randomState(),
    ];
    this.#begun.set(state, { verifier, nonce, redirect, untilMs: this.#now() + WITHIN });
    if (this.#begun.size > MOST) this.#begun.delete(this.#begun.keys().next().value as string);
    const url = client.buildAuthorizationUrl(server, {
      redirect_uri: redirect,
      scope: this.#options.scope,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      nonce,
    });
    return { url, state };
  }

  /** @param state the state that the browser brought back @throws GatewayError `sign_in_failed` */
  async end(query: string, state: string | undefined): Promise<Pick<Session, 'name' | 'role'>> {
    const begun = state === undefined ? undefined : this.#begun.get(state);
    if (!begun || state === undefined || begun.untilMs < this.#now())
      throw failed('this sign-in was not begun in this browser, or took too long: begin it again');
    this.#begun.delete(state);
    const claims = await this.#claims(new URL(`${begun.redirect}?${query}`), begun, state);
    const role = roleOf(claims, this.#options);
    if (!role)
      throw failed(
        `${nameOf(claims)} has no role here: '${this.#options.claim}' has none of auth.signIn.oidc.admins and viewers`,
      );
    return { name: nameOf(claims), role };
  }

  async #claims(url: URL, { verifier, nonce }: Begun, state: string): Promise<Claims> {
    const { client, server } = await this.#load();
    try {
      const tokens = await client.authorizationCodeGrant(server, url, {
        pkceCodeVerifier: verifier,
        expectedNonce: nonce,
        expectedState: state,
        idTokenExpected: true,
      });
      const claims = tokens.claims() as Claims & { readonly sub: string };
      if (valuesAt(claims, this.#options.claim).length > 0 || !server.serverMetadata().userinfo_endpoint)
        return claims;
      return { ...claims, ...(await client.fetchUserInfo(server, tokens.access_token, claims.sub)) };
    } catch (error) {
      throw failed(`the provider's answer is not valid: ${(error as Error).message}`, error);
    }
  }

  #load(): Promise<{ client: typeof OpenId; server: OpenId.Configuration }> {
    this.#loaded ??= this.#discover().catch((error: unknown) => {
      // The provider may be down for a moment.
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  async #discover(): Promise<{ client: typeof OpenId; server: OpenId.Configuration }> {
    const client = await import('openid-client').catch((error: unknown) => {
      throw failed('the package openid-client is not installed: run `npm install --include=optional`', error);
    });
    const { issuer, clientId, clientSecret } = this.#options;
    const url = new URL(issuer);
    const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
    const execute = url.protocol === 'http:' && isHere ? [client.allowInsecureRequests] : [];
    const authentication = clientSecret === undefined ? client.None() : undefined;
    try {
      const server = await client.discovery(url, clientId, clientSecret, authentication, { execute });
      // Signatures are checked although the answer comes from the provider itself.
      client.enableNonRepudiationChecks(server);
      return { client, server };
    } catch (error) {
      throw failed(`${url.host} could not be asked: ${(error as Error).message}`, error);
    }
  }
}

function failed(message: string, cause?: unknown): GatewayError {
  return new GatewayError('sign_in_failed', `signing in failed: ${message}`, { cause });
}

import type { FastifyRequest } from 'fastify';
import type { Host } from '../../../core/contracts/index.ts';
import { GatewayError } from '../../../core/errors.ts';
import { isPassword, isPasswordHash } from '../../../kits/secret-kit/password-hash.ts';
import { tokenIn } from './cookies.ts';
import { Oidc } from './oidc.ts';
import type { SignInOptions } from './options.ts';
import { checkOrigin } from './same-origin.ts';
import { Sessions, type Session } from './sessions.ts';
import { addressOf, FailedTries } from '../failed-tries.ts';

/** failures without a pause, and passwords that are checked at once: each takes 32 MiB */
const FREE = 4;
const AT_ONCE = 2;

/** Signing in to the dashboard, and its sessions. */
export class SignIn {
  readonly sessions: Sessions;
  readonly #tries: FailedTries;
  readonly #host: Host;
  #options: SignInOptions;
  #hash: string | undefined;
  #oidc: Oidc | undefined;
  #checking = 0;

  constructor(options: SignInOptions, host: Host) {
    this.#options = options;
    this.#host = host;
    this.sessions = new Sessions(host.date);
    this.#tries = new FailedTries(FREE, host.now);
    this.#hash = this.#readHash();
    this.#oidc = options.oidc && new Oidc(options.oidc, host.now);
  }

  get options(): SignInOptions {
    return this.#options;
  }

  /** Another password or provider ends all sessions. */
  replace(options: SignInOptions): void {
    if (JSON.stringify(options) === JSON.stringify(this.#options)) return;
    this.#options = options;
    this.#hash = this.#readHash();
    this.#oidc = options.oidc && new Oidc(options.oidc, this.#host.now);
    this.sessions.endAll();
  }

  /** the hash of the admin's password */
  get hash(): string | undefined {
    return this.#hash;
  }

  get oidc(): Oidc | undefined {
    return this.#oidc;
  }

  get isOn(): boolean {
    return this.#oidc !== undefined || this.#hash !== undefined;
  }

  /**
   * The session of a request; undefined: it has none.
   * @param isUse it counts as used
   * @throws GatewayError `forbidden_origin`
   */
  sessionOf(request: FastifyRequest, isUse = true): Session | undefined {
    const token = this.isOn ? tokenIn(request) : undefined;
    const session = token === undefined ? undefined : this.sessions.find(token, this.#options, isUse);
    if (session) checkOrigin(request);
    return session;
  }

  /** @throws GatewayError `wrong_password`, `too_many_tries` */
  async byPassword(request: FastifyRequest, password: string): Promise<Pick<Session, 'name' | 'role'>> {
    const from = addressOf(request.raw);
    this.#tries.check(from, '');
    if (this.#checking >= AT_ONCE)
      throw new GatewayError('too_many_tries', 'passwords are being checked: come back in a moment', {
        retryAfterS: 1,
      });
    const { hash } = this;
    this.#checking++;
    try {
      if (hash !== undefined && (await isPassword(password, hash)))
        return { name: 'admin (password)', role: 'admin' };
    } finally {
      this.#checking--;
    }
    this.#tries.failed(from);
    throw new GatewayError('wrong_password', 'the password is wrong');
  }

  /** Read once: it is asked for at each request, and with another variable this feature is mounted again. */
  #readHash(): string | undefined {
    const given = this.#options.password ?? this.#host.env['SWITCHYARD_PASSWORD_HASH'];
    return given !== undefined && isPasswordHash(given) ? given : undefined;
  }
}

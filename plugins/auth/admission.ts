import type { FastifyRequest } from 'fastify';
import type { Host } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import type { RouteAccess } from '../../kits/surface-kit/index.ts';
import { checkRole, keyIn, keyInQuery, missing, wrong } from './access.ts';
import { ApiKey } from './api-key.ts';
import { ConfigKey } from './config-key.ts';
import { addressOf, FailedTries } from './failed-tries.ts';
import { digestOf } from './key-record.ts';
import type { Keyring } from './keyring.ts';
import type { Meters } from './meter.ts';
import { NoKey } from './no-key.ts';
import type { PeerKeys } from './peer-keys.ts';
import { SentKey, SentKeys } from './sent-keys.ts';
import { People } from './sign-in/signed-in.ts';
import type { SignIn } from './sign-in/sign-in.ts';

/** wrong keys from one address without a pause */
const WRONG_KEYS = 20;

interface Parts {
  readonly keyring: Keyring;
  readonly peerKeys: PeerKeys;
  readonly signIn: SignIn;
  readonly meters: Meters;
  /** Something is counted for requests without a key, too. */
  readonly countsAll: () => boolean;
  /** false: it is not known yet whether there are keys */
  readonly isCurrent: () => boolean;
}

/** Lets requests in by the key, or the session, that they come with. */
export class Admission {
  readonly #host: Host;
  readonly #parts: Parts;
  readonly #noKey: NoKey;
  readonly #people: People;
  readonly #sentKeys = new SentKeys();
  readonly #wrongKeys: FailedTries;
  #server: Host['config']['server'];
  #configured: ReadonlyMap<string, ConfigKey>;

  constructor(host: Host, parts: Parts) {
    this.#host = host;
    this.#parts = parts;
    this.#noKey = new NoKey(parts.meters);
    this.#people = new People(parts.meters);
    this.#wrongKeys = new FailedTries(WRONG_KEYS, host.now);
    this.#server = host.gateway.settings.config.server;
    this.#configured = this.#readConfigured();
  }

  /** Reads the keys of a new config. Usage is kept with keys, so this object stays. */
  read(): void {
    const { server } = this.#host.gateway.settings.config;
    if (server === this.#server) return;
    this.#server = server;
    this.#configured = this.#readConfigured();
  }

  get hasConfigured(): boolean {
    return this.#configured.size > 0;
  }

  get hasKeys(): boolean {
    const { keyring, signIn } = this.#parts;
    return this.#configured.size + keyring.size > 0 || signIn.isOn;
  }

  /** Managing the gateway needs the key of an admin, or a session. */
  get hasAdmin(): boolean {
    const { keyring, signIn } = this.#parts;
    return this.#server.adminKeys.length > 0 || keyring.hasAdmin || signIn.isOn;
  }

  /** Requests without a key are refused until it is known whether there are keys. */
  get waitsForKeys(): boolean {
    return this.#server.apiKeys.length === 0 && this.#mayBeClosed;
  }

  /** It knows no key, and does not know yet whether there are any. */
  get #mayBeClosed(): boolean {
    const { keyring, isCurrent } = this.#parts;
    return keyring.size === 0 && !isCurrent();
  }

  /**
   * Marks a request with its caller.
   * @param again it was let in before: its key is no guess, and `look` does not use it
   * @throws GatewayError why it is not let in
   */
  check(request: FastifyRequest, again?: 'use' | 'look'): void {
    const { keyring, peerKeys, countsAll } = this.#parts;
    // Fastify makes its options at each access.
    const { config } = request.routeOptions;
    if (peerKeys.admits(request, config)) return;
    if (!this.hasKeys) {
      if (again === undefined && this.#mayBeClosed && config.open !== true) throw keysUnknown();
      if (countsAll()) request.caller = this.#noKey;
      return;
    }
    const { open, ofKey, forCallers = request.is404 }: RouteAccess = config;
    // A preflight request carries no key.
    if (request.method === 'OPTIONS' || open === true) return;
    const isFree = this.#server.apiKeys.length + keyring.size === 0;
    const isForCallers = forCallers && !(isFree && ofKey === true);
    const needed = isForCallers || !this.hasAdmin ? 'apiKeys' : 'adminKeys';
    const sent = keyIn(request.headers) ?? keyInQuery(request, config);
    if (sent === undefined && this.#admitsSession(request, forCallers, again)) return;
    // Where no key is asked for, clients send what they like.
    const isOpen = needed === 'apiKeys' && isFree;
    const isGuess = again === undefined && !isOpen;
    const key = sent === undefined ? undefined : this.#find(sent, request, isGuess, again !== 'look');
    if (key instanceof ApiKey) return checkRole(key.record.role, key.name, request, forCallers);
    if (!key && again === undefined && (isOpen || sent !== undefined) && this.#mayBeClosed)
      throw keysUnknown();
    if (isOpen || (key && (key.isAdmin || needed === 'apiKeys'))) return;
    if (!key && sent !== undefined && isGuess) this.#wrongKeys.failed(addressOf(request.raw));
    throw sent === undefined ? missing(needed) : wrong(needed);
  }

  #admitsSession(request: FastifyRequest, forCallers: boolean, again: 'use' | 'look' | undefined): boolean {
    const session = this.#parts.signIn.sessionOf(request, again !== 'look');
    if (!session) return false;
    request.keyName = session.name;
    request.caller = this.#people.of(session);
    checkRole(session.role, session.name, request, forCallers);
    return true;
  }

  /** @throws GatewayError `too_many_tries`, `key_revoked`, `key_expired` */
  #find(
    text: string,
    request: FastifyRequest,
    isGuess: boolean,
    isUse: boolean,
  ): ApiKey | ConfigKey | undefined {
    const known = this.#sentKeys.known(text);
    const sent = known ?? new SentKey(text);
    const isSlowed = this.#wrongKeys.size > 0 && isGuess;
    if (isSlowed) this.#wrongKeys.check(addressOf(request.raw), sent.digest);
    const key = this.#parts.keyring.find(sent, isUse) ?? this.#configured.get(sent.digest);
    if (!key) return undefined;
    if (isSlowed) this.#wrongKeys.passed(addressOf(request.raw), sent.digest);
    request.keyName = key.name;
    request.caller = key;
    if (!known) this.#sentKeys.gotIn(text, sent);
    return key;
  }

  #readConfigured(): ReadonlyMap<string, ConfigKey> {
    const { apiKeys, adminKeys } = this.#server;
    const made = (key: string, name: string, isAdmin: boolean) => {
      const digest = digestOf(key);
      return [digest, new ConfigKey(digest, name, isAdmin, this.#parts.meters)] as const;
    };
    return new Map([
      ...apiKeys.map((key, at) => made(key, `key ${at + 1}`, false)),
      ...adminKeys.map((key, at) => made(key, `admin key ${at + 1}`, true)),
    ]);
  }
}

/** Without them each caller would pass, or a key that holds would be a wrong one. */
const keysUnknown = (): GatewayError =>
  new GatewayError(
    'store_unavailable',
    'the keys of callers are not known: this gateway has heard of none, and PostgreSQL cannot be asked whether there is one',
  );

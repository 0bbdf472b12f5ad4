import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { GatewayError } from '../../core/errors.ts';

/** Most addresses that are remembered; the ones that failed longest ago are forgotten first. */
const MOST = 10_000;
/** ms without a failure after which an address is forgotten */
const FORGET = 15 * 60_000;
/** ms of the first pause, and of the longest */
const FIRST = 1_000;
const LONGEST = 60_000;
/** secrets that succeeded from an address with failures */
const KNOWN = 16;

interface Address {
  failures: number;
  lastMs: number;
  untilMs: number;
  readonly known: Set<string>;
}

/**
 * Slows down guesses. After some failures an address must pause, twice as long each time. Meanwhile correct secrets are
 * refused, too, because a guess would show; except those that succeeded from there since its failures began.
 */
export class FailedTries {
  readonly #free: number;
  readonly #now: () => number;
  readonly #addresses = new Map<string, Address>();

  /** @param free failures without a pause */
  constructor(free: number, now: () => number) {
    this.#free = free;
    this.#now = now;
  }

  /** how many addresses are remembered */
  get size(): number {
    return this.#addresses.size;
  }

  /**
   * @param secret what identifies the try, such as the digest of a key
   * @throws GatewayError `too_many_tries`
   */
  check(from: string, secret: string): void {
    if (this.#addresses.size === 0) return;
    const address = this.#addresses.get(from);
    const waitMs = address ? address.untilMs - this.#now() : 0;
    if (!address || waitMs <= 0 || address.known.has(secret)) return;
    throw new GatewayError(
      'too_many_tries',
      'too many keys or passwords from this address were wrong: wait before the next',
      {
        retryAfterS: Math.ceil(waitMs / 1000),
      },
    );
  }

  failed(from: string): void {
    const now = this.#now();
    const before = this.#addresses.get(from);
    const address =
      before && now - before.lastMs < FORGET
        ? before
        : { failures: 0, lastMs: now, untilMs: 0, known: new Set<string>() };
    address.failures++;
    address.lastMs = now;
    const over = address.failures - this.#free;
    if (over >= 0) address.untilMs = now + Math.min(LONGEST, FIRST * 2 ** Math.min(over, 10));
    // The latest are last.
    this.#addresses.delete(from);
    this.#addresses.set(from, address);
    if (this.#addresses.size <= MOST) return;
    this.#addresses.delete(this.#addresses.keys().next().value as string);
  }

  passed(from: string, secret: string): void {
    if (this.#addresses.size === 0) return;
    const known = this.#addresses.get(from)?.known;
    if (known && known.size < KNOWN) known.add(secret);
  }
}

/** Where a request is from: behind a proxy on this machine, what that has added; of IPv6, the network of one customer. */
export function addressOf({ socket, headers }: IncomingMessage): string {
  const { remoteAddress = '' } = socket;
  const near = remoteAddress.replace(/^::ffff:/, '');
  const isProxy = near === '::1' || near.startsWith('127.');
  const forwarded = headers['x-forwarded-for'];
  const last = isProxy && forwarded !== undefined ? String(forwarded).split(',').at(-1)?.trim() : undefined;
  const address = last !== undefined && isIP(last) > 0 ? last : near;
  return isIP(address) === 6 ? networkOf(address) : address;
}

/** The first 64 bits. */
function networkOf(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array<string>(Math.max(0, missing)).fill('0'), ...after].slice(0, 4).join(':');
}

import type { Host } from '../../../kits/provider-kit/index.ts';
import { containerPlace } from './container.ts';
import type { Credentials, Place } from './credentials.ts';
import { environmentPlace } from './environment.ts';
import { instancePlace } from './instance.ts';
import { profilePlace } from './profile.ts';
import { webIdentityPlace } from './web-identity.ts';

/** Credentials are renewed this many ms before they end, and until then the old ones are used. */
const EARLY = 5 * 60_000;
/** ms before their end from which a request waits for the new ones */
const LATE = 60_000;

interface Given {
  /** by the config */
  readonly given: Credentials | undefined;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  readonly host: Pick<Host, 'env' | 'date' | 'log'>;
}

/** Credentials from the first place that has some, in the order of AWS's own tools; renewed before they end. */
export class CredentialChain {
  readonly #places: readonly Place[];
  readonly #date: () => number;
  readonly #log: Host['log'];
  #current: Credentials | undefined;
  #looking: Promise<Credentials> | undefined;

  constructor({ given, profile, region, host: { env, date, log } }: Given) {
    this.#date = date;
    this.#log = log;
    this.#places = given
      ? [() => given]
      : [
          // A profile that is named comes before what happens to be in the environment.
          ...(profile === undefined ? [environmentPlace(env)] : []),
          webIdentityPlace(env, region),
          profilePlace(env, profile, region, date),
          containerPlace(env),
          instancePlace(env),
        ];
  }

  /** @throws Error where no place has any, or the one that has does not give them */
  async current(): Promise<Credentials> {
    const current = this.#current;
    if (!current) return this.#look();
    const left = (current.endsEpochMs ?? Infinity) - this.#date();
    if (left < LATE) return this.#look();
    if (left < EARLY)
      this.#look().catch((error: unknown) =>
        this.#log.warn({ err: error }, 'AWS credentials cannot be renewed'),
      );
    return current;
  }

  /** They are not taken any more. @returns whether others may be found */
  forget(): boolean {
    this.#current = undefined;
    return true;
  }

  /** Once for all that ask meanwhile. */
  #look(): Promise<Credentials> {
    this.#looking ??= this.#find().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  async #find(): Promise<Credentials> {
    for (const place of this.#places) {
      const found = await place();
      if (found) return (this.#current = found);
    }
    throw new Error(
      'there are no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a key in AWS_BEARER_TOKEN_BEDROCK',
    );
  }
}

/** The secrets that operators gave to programs while the gateway ran, encrypted at rest. */
import { isGiven } from '../../kits/provider-kit/index.ts';
import { Secrets } from '../../kits/secret-kit/index.ts';
import type { ProcessSpec, ProviderSecrets, Secret } from '../../core/contracts/index.ts';

export class SecretStore {
  #secrets: Secrets;
  readonly #place: Parameters<typeof Secrets.open>[0];

  /** @param home the folder for what the gateway writes */
  constructor(home: string, env: Readonly<Record<string, string | undefined>>) {
    this.#place = { home, env };
    this.#secrets = Secrets.none(this.#place);
  }

  /** Reads the secrets of the last run. An unreadable file is reported, without any of its text. */
  async read(tell: (problem: string) => void): Promise<void> {
    try {
      this.#secrets = await Secrets.open(this.#place);
    } catch (error) {
      tell(`secrets of programs are left out: ${(error as Error).message}`);
    }
  }

  /** A name in the store is that of the provider, a slash, and that of the secret. */
  of(provider: string): ProviderSecrets {
    return {
      get: (name) => this.#secrets.get(`${provider}/${name}`),
      set: (changes) =>
        this.#secrets.change(
          Object.fromEntries(Object.entries(changes).map(([name, value]) => [`${provider}/${name}`, value])),
        ),
    };
  }
}

/** The same spec; a secret without a value in the config reads the kept one each time. */
export function withKept(spec: ProcessSpec, kept: ProviderSecrets): ProcessSpec {
  const secrets = Object.entries(spec.secrets ?? {}).map(([name, secret]) => {
    if (isGiven(secret)) return [name, secret] as const;
    const live: Secret = {
      ...secret,
      get value() {
        return kept.get(name);
      },
    };
    return [name, live] as const;
  });
  return { ...spec, ...(spec.secrets && { secrets: Object.fromEntries(secrets) }) };
}

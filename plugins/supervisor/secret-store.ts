/** The secrets that operators gave to programs while the gateway ran: `<home>/secrets.json`, readable by its user alone. */
import { isGiven } from '../../kits/provider-kit/index.ts';
import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ProcessSpec, ProviderSecrets, Secret, SecretChanges } from '../../core/contracts/index.ts';
import { GatewayError } from '../../core/errors.ts';
import { privateFolder, whyNotWritten, writeWhole } from '../../kits/feature-kit/index.ts';

/** by provider, then by name; undefined takes one away */
type Kept = Readonly<Record<string, Readonly<Record<string, string>>>>;

export class SecretStore {
  readonly #file: string;
  #kept: Kept = {};
  #writing: Promise<void> = Promise.resolve();

  /** @param home the folder for what the gateway writes */
  constructor(home: string) {
    this.#file = join(home, 'secrets.json');
  }

  /** Reads what the last run has kept. A file that cannot be read is reported, without any of its text. */
  async read(tell: (problem: string) => void): Promise<void> {
    try {
      this.#kept = JSON.parse(await readFile(this.#file, 'utf8')) as Kept;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      tell(`${this.#file} is left out: it ${code ? `cannot be read (${code})` : 'is not JSON'}`);
    }
  }

  of(provider: string): ProviderSecrets {
    return {
      get: (name) => own(own(this.#kept, provider), name),
      set: (changes) => this.#set(provider, changes),
    };
  }

  /**
   * Written to disk before it holds, one change after the other, so that a restart finds the same.
   * @throws GatewayError `secret_not_saved` where it cannot be written
   */
  #set(provider: string, changes: SecretChanges): Promise<void> {
    const next = this.#writing.then(async () => {
      const { [provider]: before = {}, ...others } = this.#kept;
      const after = Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined);
      const kept = after.length === 0 ? others : { ...others, [provider]: Object.fromEntries(after) };
      await write(this.#file, kept as Kept);
      this.#kept = kept as Kept;
    });
    this.#writing = next.catch(() => undefined);
    return next;
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

function own<T>(members: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return members && Object.hasOwn(members, name) ? members[name] : undefined;
}

async function write(file: string, kept: Kept): Promise<void> {
  try {
    if (Object.keys(kept).length === 0) return await rm(file, { force: true });
    await privateFolder(dirname(file));
    await writeWhole(file, `${JSON.stringify(kept, null, 2)}\n`);
  } catch (error) {
    const why = whyNotWritten(file, error as Error, REMEDY);
    throw new GatewayError('secret_not_saved', `Nothing was saved: ${why}`, { cause: error });
  }
}

const REMEDY = "Let the gateway's user write into its folder, or name another as home";

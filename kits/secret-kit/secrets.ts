import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../../core/errors.ts';
import { privateFolder } from '../feature-kit/files/private-folder.ts';
import { whyNotWritten } from '../feature-kit/files/why-not-written.ts';
import { writeWhole } from '../feature-kit/files/write-atomically.ts';
import { withFileLock } from '../process-kit/file-lock.ts';
import { readKey, readOrMakeKey, type KeyPlace, type SecretKey } from './secret-key.ts';
import { seal, unseal } from './seal.ts';

/** ms that another process may take to write */
const PATIENCE = 10_000;
const REMEDY = "Let the gateway's user write into its folder, or name another as home";

/** A secret as it may be shown. */
export interface StoredSecret {
  readonly name: string;
  /** a date as JSON has it */
  readonly changed: string;
}

interface Entry {
  readonly sealed: string;
  readonly changed: string;
}

interface Content {
  readonly version: 1;
  /** id of the key that all are sealed with */
  readonly key: string;
  readonly secrets: Readonly<Record<string, Entry>>;
}

/** Whether a config can refer to it. Secrets of local programs have a slash in their names. */
export const isSecretName = (name: string): boolean => /^[A-Za-z_][\w.-]{0,99}$/.test(name);

/** Secrets encrypted at rest: `<home>/secrets.json`. Several processes may use one file. */
export class Secrets {
  readonly file: string;
  readonly #place: KeyPlace;
  #key: SecretKey | undefined;
  #content: Content | undefined;

  private constructor(place: KeyPlace) {
    this.#place = place;
    this.file = join(place.home, 'secrets.json');
  }

  /** @throws GatewayError `config_invalid` where the file or its key cannot be used, without any of its text */
  static async open(place: KeyPlace): Promise<Secrets> {
    const secrets = new Secrets(place);
    await secrets.#read();
    return secrets;
  }

  /** For one that cannot be opened: it has no secrets until something is stored. */
  static none(place: KeyPlace): Secrets {
    return new Secrets(place);
  }

  get(name: string): string | undefined {
    const entry = this.#entries.get(name);
    if (!entry || !this.#key) return undefined;
    try {
      return unseal(entry.sealed, this.#key.bytes, name);
    } catch {
      throw invalid(`the secret '${name}' in ${this.file} is damaged; store it again`);
    }
  }

  list(): StoredSecret[] {
    return [...this.#entries].map(([name, { changed }]) => ({ name, changed }));
  }

  /**
   * Stores secrets, and removes those that are undefined. Written to disk before it holds.
   * @throws GatewayError `secret_not_saved`
   */
  async change(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    try {
      await privateFolder(this.#place.home);
      const turn = { signal: AbortSignal.timeout(PATIENCE), waits: () => undefined };
      await withFileLock(`${this.file}.lock`, turn, () => this.#write(changes));
    } catch (error) {
      const why =
        error instanceof GatewayError ? error.message : whyNotWritten(this.file, error as Error, REMEDY);
      throw new GatewayError('secret_not_saved', `Nothing was saved: ${why}`, { cause: error });
    }
  }

  get #entries(): Map<string, Entry> {
    return new Map(Object.entries(this.#content?.secrets ?? {}));
  }

  async #write(changes: Readonly<Record<string, string | undefined>>): Promise<void> {
    // Another process may have written meanwhile.
    await this.#read().catch((error: Error) => this.#setAside(error));
    const key = (this.#key ??= await readOrMakeKey(this.#place));
    const entries = this.#entries;
    const changed = new Date().toISOString();
    for (const [name, value] of Object.entries(changes))
      if (value === undefined) entries.delete(name);
      else entries.set(name, { sealed: seal(value, key.bytes, name), changed });
    if (entries.size === 0) await rm(this.file, { force: true });
    const content: Content = { version: 1, key: key.id, secrets: Object.fromEntries(entries) };
    if (entries.size > 0) await writeWhole(this.file, `${JSON.stringify(content, null, 2)}\n`);
    this.#content = content;
  }

  async #read(): Promise<void> {
    const text = await readFile(this.file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      // Or its folder is none: that is said when something is written.
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
      throw invalid(`${this.file} cannot be read (${error.code})`);
    });
    if (text === undefined) return void (this.#content = undefined);
    const content = parsed(text);
    if (!content) throw new Damaged('config_invalid', `${this.file} is not a store of secrets`);
    if (!isContent(content)) return this.#encrypt(content);
    this.#key = await readKey(this.#place);
    if (!this.#key) throw invalid(`${this.file} is encrypted, and its key is not there: ${WHERE}`);
    if (this.#key.id !== content.key)
      throw invalid(`${this.file} is encrypted with another key than that of ${this.#key.from}: ${WHERE}`);
    this.#content = content;
  }

  /** Earlier versions had secrets of programs as plain text: by provider, then by name. */
  async #encrypt(plain: Readonly<Record<string, unknown>>): Promise<void> {
    const key = (this.#key = await readOrMakeKey(this.#place));
    const changed = new Date().toISOString();
    const all = Object.entries(plain).flatMap(([provider, secrets]) =>
      Object.entries(secrets as object).map(
        ([name, value]) => [`${provider}/${name}`, String(value)] as const,
      ),
    );
    const secrets = Object.fromEntries(
      all.map(([name, value]) => [name, { sealed: seal(value, key.bytes, name), changed }]),
    );
    this.#content = { version: 1, key: key.id, secrets };
    await writeWhole(this.file, `${JSON.stringify(this.#content, null, 2)}\n`);
  }

  /** Keeps the unreadable file beside it: with the right key it may be used again. */
  async #setAside(error: Error): Promise<void> {
    if (!(error instanceof Damaged)) throw error;
    await rename(this.file, `${this.file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`);
    this.#content = undefined;
  }
}

const WHERE = 'set SWITCHYARD_SECRET_KEY, or put secret.key back into home';

/** It will never be readable. */
class Damaged extends GatewayError {}

const invalid = (message: string): GatewayError => new GatewayError('config_invalid', message);

const isContent = (content: object): content is Content => 'version' in content && 'secrets' in content;

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null
      ? (content as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

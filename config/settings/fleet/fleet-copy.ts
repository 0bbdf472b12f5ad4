import { createHash } from 'node:crypto';
import { copyFile, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from '../../../kits/feature-kit/files/write-atomically.ts';

/** What was taken last. */
export interface Taken {
  readonly revision: number;
  readonly node: string;
}

/**
 * `overrides.json` has what is in force, for a start without PostgreSQL and for a gateway that does not share its settings any
 * more. `overrides-shared.json` beside it says that this came from PostgreSQL, so that it is not mistaken for changes of this
 * gateway alone.
 */
export class FleetCopy {
  readonly #file: string;
  readonly #mark: string;

  /** @param file `overrides.json` */
  constructor(file: string) {
    this.#file = file;
    this.#mark = join(dirname(file), 'overrides-shared.json');
  }

  /** The revision that the file has; undefined: what it has is of this gateway alone. */
  async taken(): Promise<Taken | undefined> {
    try {
      const { digest, revision, node } = JSON.parse(await readFile(this.#mark, 'utf8')) as Taken & {
        readonly digest: string;
      };
      return digest === (await this.#digest()) ? { revision, node } : undefined;
    } catch {
      return undefined;
    }
  }

  /** The file is written. */
  async mark({ revision, node }: Taken): Promise<void> {
    const mark = { revision, node, digest: await this.#digest() };
    await writeWhole(this.#mark, `${JSON.stringify(mark, null, 2)}\n`);
  }

  /** @returns where the file is kept */
  async setAside(): Promise<string> {
    const aside = `${this.#file}.own-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    await copyFile(this.#file, aside);
    return aside;
  }

  async #digest(): Promise<string> {
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    return createHash('sha256').update(text).digest('hex');
  }
}

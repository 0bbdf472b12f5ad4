/**
 * Changes made while the gateway runs, in force until they are taken back: `<home>/overrides.json`, in the config's
 * format.
 */
import type { ModelOverride, Overrides, TargetConfig, Written } from '../../core/contracts/index.ts';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { notSaved } from '../file/save.ts';
import { whyNotWritten } from '../../kits/feature-kit/files/why-not-written.ts';
import { writeWhole } from '../../kits/feature-kit/files/write-atomically.ts';

/** Returns the part, or the rest of it, that can still be used. */
export interface Usable {
  readonly strategy: (strategy: Written) => boolean;
  readonly targets: (targets: readonly TargetConfig[], model: string) => readonly TargetConfig[];
}

export class OverrideFile {
  readonly #file: string;
  #value: Overrides = {};
  #writing: Promise<void> = Promise.resolve();

  /** @param home the folder for what the gateway writes */
  constructor(home: string) {
    this.#file = join(home, 'overrides.json');
  }

  get value(): Overrides {
    return this.#value;
  }

  /**
   * Reads the overrides of the last run. A part that can no longer be used is left out and reported; the rest applies,
   * since no state may keep a gateway from starting.
   */
  async read(usable: Usable, tell: (problem: string) => void): Promise<void> {
    try {
      this.#value = used(JSON.parse(await readFile(this.#file, 'utf8')) as Overrides, usable);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      tell(`${this.#file} cannot be read and is left out: ${(error as Error).message}`);
    }
  }

  /**
   * Written before they apply, one change after the other, so that a restart finds what is in force.
   * @throws GatewayError `config_not_saved` where it cannot be written
   */
  change(change: (value: Overrides) => Overrides | Promise<Overrides>): Promise<void> {
    const next = this.#writing.then(async () => {
      const value = await change(this.#value);
      if (value === this.#value) return;
      await this.#write(value);
      this.#value = value;
    });
    this.#writing = next.catch(() => undefined);
    return next;
  }

  async #write(value: Overrides): Promise<void> {
    try {
      if (Object.keys(value).length === 0) await rm(this.#file, { force: true });
      else await writeWhole(this.#file, `${JSON.stringify(value, null, 2)}\n`);
    } catch (error) {
      const remedy = "Let the gateway's user write into its folder, or name another as home";
      const why = whyNotWritten(this.#file, error as Error, remedy);
      throw notSaved(`${why}. Everything holds as before`, error);
    }
  }
}

function used({ strategy, models = {} }: Overrides, usable: Usable): Overrides {
  const all = Object.entries(models).map(([name, { strategy: own, targets = [] }]) => {
    const left = targets.length > 0 ? usable.targets(targets, name) : [];
    const said: ModelOverride = {
      ...(own && usable.strategy(own) ? { strategy: own } : {}),
      ...(left.length > 0 ? { targets: left } : {}),
    };
    return [name, said] as const;
  });
  const rest = all.filter(([, said]) => Object.keys(said).length > 0);
  return {
    ...(strategy && usable.strategy(strategy) ? { strategy } : {}),
    ...(rest.length > 0 ? { models: Object.fromEntries(rest) } : {}),
  };
}

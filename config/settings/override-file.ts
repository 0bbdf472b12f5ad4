/**
 * Changes made while the gateway runs, in force until they are taken back: `<home>/overrides.json`, in the config's
 * format.
 */
import type { ModelOverride, Overrides, TargetConfig, Written } from '../../core/contracts/index.ts';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { notSaved } from '../file/save.ts';
import { SerialQueue } from '../../kits/feature-kit/serial-queue.ts';
import { whyNotWritten } from '../../kits/feature-kit/files/why-not-written.ts';
import { writeWhole } from '../../kits/feature-kit/files/write-atomically.ts';

/** Returns the part, or the rest of it, that can still be used. */
export interface Usable {
  readonly entries: (value: Overrides) => Promise<Overrides>;
  readonly strategy: (strategy: Written) => boolean;
  readonly targets: (targets: readonly TargetConfig[], model: string) => readonly TargetConfig[];
}

export class OverrideFile {
  readonly file: string;
  #value: Overrides = {};
  readonly #queue = new SerialQueue();

  /** @param home the folder for what the gateway writes */
  constructor(home: string) {
    this.file = join(home, 'overrides.json');
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
      const read = JSON.parse(await readFile(this.file, 'utf8')) as Overrides;
      this.#value = used(await usable.entries(read), usable);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      tell(`${this.file} cannot be read and is left out: ${(error as Error).message}`);
    }
  }

  /**
   * Written before they apply, so that a restart finds what is in force.
   * @throws GatewayError `config_not_saved` where it cannot be written
   */
  async put(value: Overrides): Promise<void> {
    await this.#write(value);
    this.#value = value;
  }

  /** What another thread has put. */
  take(value: Overrides): Promise<void> {
    return this.inTurn(async () => this.hold(value));
  }

  /** Without writing them. */
  hold(value: Overrides): void {
    this.#value = value;
  }

  /** Does one piece of work after the other. */
  inTurn(work: () => Promise<void>): Promise<void> {
    return this.#queue.run(work);
  }

  async #write(value: Overrides): Promise<void> {
    try {
      if (Object.keys(value).length === 0) await rm(this.file, { force: true });
      else await writeWhole(this.file, `${JSON.stringify(value, null, 2)}\n`);
    } catch (error) {
      const remedy = "Let the gateway's user write into its folder, or name another as home";
      const why = whyNotWritten(this.file, error as Error, remedy);
      throw notSaved(`${why}. Everything holds as before`, error);
    }
  }
}

function used({ strategy, models = {}, ...others }: Overrides, usable: Usable): Overrides {
  const all = Object.entries(models).map(([name, { strategy: own, targets = [], ...entry }]) => {
    const left = targets.length > 0 ? usable.targets(targets, name) : [];
    const said: ModelOverride = {
      ...entry,
      ...(own && usable.strategy(own) ? { strategy: own } : {}),
      ...(left.length > 0 ? { targets: left } : {}),
    };
    return [name, said] as const;
  });
  const rest = all.filter(([, said]) => Object.keys(said).length > 0);
  return {
    ...others,
    ...(strategy && usable.strategy(strategy) ? { strategy } : {}),
    ...(rest.length > 0 ? { models: Object.fromEntries(rest) } : {}),
  };
}
